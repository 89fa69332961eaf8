"""Numbers in sentences: thousands grouped, a real minus."""


def grouped(number: int) -> str:
    """Thousands apart, in the same way in every locale: 10 000."""
    return f"{number:,}".replace(",", " ")


def hundredths(value: float) -> str:
    """Two decimals, with a real minus."""
    return f"{value:.2f}".replace("-", "−")


def number(value: float) -> str:
    """One decimal, with a real minus; far out no digits that nobody needs."""
    text = f"{value:.1f}" if value > -1000 else "< -1000"
    return text.replace("-", "−")
