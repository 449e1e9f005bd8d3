"""A filter around Zope: the answers do not say what made them."""

from collections.abc import Callable
from collections.abc import Iterable
from typing import Any


#: Named by Zope whatever is configured.
_TALE = {"x-powered-by", "server"}


def quiet_filter(global_conf: dict[str, str], **options: str) -> Callable[[Any], Any]:
    """Paste filter: the application without headers that name its maker.

    What remains is the word that the server in front of it adds, without a version.
    """

    def around(application: Any) -> Any:
        def quiet(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
            def begin(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                kept = [row for row in headers if row[0].lower() not in _TALE]
                return start(status, kept, *rest)

            return application(environ, begin)

        return quiet

    return around
