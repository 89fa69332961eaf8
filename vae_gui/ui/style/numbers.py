"""How numbers are written in sentences."""


def grouped(number: int) -> str:
    """Thousands apart, in the same way in every locale: 10 000."""
    return f"{number:,}".replace(",", " ")
