"""What a person reads of an exception."""

from vae_gui.core.support.errors import UserError
from vae_gui.ui.window.errors import describe_error


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_user_error_speaks_for_itself() -> None:
    report = describe_error(raised(UserError("Choose another folder.")))

    assert report.text == "Choose another folder."
    assert report.details == ""


def test_a_refusal_of_the_system_names_its_reason() -> None:
    report = describe_error(raised(PermissionError(13, "Permission denied", "a.vae")))

    assert "Permission denied" in report.text and "a.vae" in report.text


def test_a_fault_of_the_program_has_its_trace_in_the_details() -> None:
    report = describe_error(raised(ZeroDivisionError("by zero")))

    assert "by zero" not in report.text
    assert "ZeroDivisionError: by zero" in report.details
