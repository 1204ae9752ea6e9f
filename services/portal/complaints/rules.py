"""What a form of a complaint means where somebody answered a part of it."""


def about_whom(*, kind: str, office: str, licence: str, name: str) -> str:
    """The kind of respondent. Whoever named an office, a licence or a person has said it, or most of it."""
    if office:
        return "office"
    if kind:
        return kind
    if licence:
        return "agency"
    return "unknown" if name else ""
