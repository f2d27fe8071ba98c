"""Numbers in sentences, which agree with them."""


def plural(n: int, one: str, many: str = "") -> str:
    """'1 axis', '2 axes'. many: where it is not `one` with an s."""
    return f"{n} {one if n == 1 else many or one + 's'}"


def share(n: int, of: int, things: str, one: str, many: str) -> str:
    """'1 of 4 cases fails', '2 of 4 cases fail'. one, many: the verb."""
    return f"{n} of {of} {things} {one if n == 1 else many}"
