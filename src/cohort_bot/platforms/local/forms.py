"""Form and FieldErrors -> HTML. Pure."""

from collections.abc import Mapping

from markupsafe import Markup

from cohort_bot.chat.form import FieldErrors, Form
from cohort_bot.platforms.local import ids
from cohort_bot.platforms.local.render import page


def form(
    shown: Form | FieldErrors, invocation_id: str, context: Mapping[str, str], *, action: str, cancel: str
) -> Markup:
    """A form to fill in, with errors next to its fields. `context` becomes hidden inputs.

    `action` is the address that it is sent to, `cancel` the one to go back to.
    """
    asked, errors = (shown.form, shown.errors) if isinstance(shown, FieldErrors) else (shown, {})
    keys = {field.key for field in asked.fields}
    hidden = {**context, **ids.form_state(asked), "_id": invocation_id}
    return Markup(  # noqa: S704 - escaped by the template
        page(
            "form.html",
            form=asked,
            errors=errors,
            others=[text for key, text in errors.items() if key not in keys],
            hidden=hidden,
            action=action,
            cancel=cancel,
        )
    )
