"""How is a question put to a family that does not know the words Ibis has for it? In others that mean the same."""

from typing import Any

import ibis
import ibis.expr.operations as ops

NUMBER = r"^-?[0-9]{1,15}([.][0-9]+)?([eE][-+]?[0-9])?$"


def without_try_cast(question: Any) -> Any:
    """Return a question that casts only what can be cast: JSON is always ours, and a number looks like one."""

    def sure(node: Any, given: Any) -> Any:
        node = node.__recreate__(given) if given else node
        if isinstance(node, ops.UnwrapJSONString) and isinstance(node.arg, ops.JSONGetItem):
            quoted = node.arg.to_expr().cast("string").startswith('"')
            return ibis.ifelse(quoted, _text_at(node.arg.arg, node.arg.index), ibis.null("string")).op()
        if not isinstance(node, ops.TryCast):
            return node
        value = node.arg.to_expr()
        if node.to.is_numeric() and node.arg.dtype.is_string():
            value = ibis.ifelse(value.re_search(NUMBER), value, ibis.null("string"))
            return value.cast("float64").cast(node.to).op() if not node.to.is_integer() else value.cast(node.to).op()
        return ops.Cast(value, node.to)

    return question.op().replace(sure).to_expr()


def exact_median(question: Any) -> Any:
    """Return a question that takes a median as the middle of all values in order."""

    def middle(node: Any, given: Any) -> Any:
        node = node.__recreate__(given) if given else node
        if not isinstance(node, ops.Median):
            return node
        values = ops.ArrayCollect(node.arg, where=node.where).to_expr().sort()
        count = values.length()
        return ((values[(count - 1) // 2] + values[count // 2]) / 2).op()

    return question.op().replace(middle).to_expr()


def json_from_text(question: Any) -> Any:
    """Return a question that reads a field of JSON from its text, as Spark does it: a text without its quotes."""

    def read(node: Any, given: Any) -> Any:
        if isinstance(node, ops.JSONGetItem):
            inside = node.arg.arg  # the text that was cast
            return _json_object(inside, ibis.literal(f"$.{node.index.value}")).op()
        if isinstance(node, ops.UnwrapJSONString):
            return given["arg"]
        return node.__recreate__(given) if given else node

    return question.op().replace(read).to_expr()


def json_extracted(question: Any) -> Any:
    """Return a question that reads a field of JSON from its text, as ClickHouse does it: what is not there is ""."""

    def read(node: Any, given: Any) -> Any:
        if isinstance(node, ops.JSONGetItem):
            return _json_raw(node.arg.arg, node.index).nullif("").op()
        if isinstance(node, ops.UnwrapJSONString):
            return _json_text(node.arg.arg.arg, node.arg.index).nullif("").op()
        return node.__recreate__(given) if given else node

    return question.op().replace(read).to_expr()


@ibis.udf.scalar.builtin(name="get_json_object", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _json_object(text: Any, path: Any) -> Any:
    """Spark's own."""


@ibis.udf.scalar.builtin(name="JSONExtractRaw", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _json_raw(text: Any, name: Any) -> Any:
    """ClickHouse's own."""


@ibis.udf.scalar.builtin(name="JSONExtractString", signature=(("string", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _json_text(text: Any, name: Any) -> Any:
    """ClickHouse's own: only what is a text there."""


@ibis.udf.scalar.builtin(name="json_extract_path_text", signature=(("json", "string"), "string"))  # type: ignore[untyped-decorator,unused-ignore]
def _text_at(told: Any, name: Any) -> Any:
    """PostgreSQL's own; Ibis writes the same call in a way that PostgreSQL does not read."""
