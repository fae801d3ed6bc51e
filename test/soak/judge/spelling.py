"""
One spelling of values for the readers of the soak, chosen so that nothing is rounded or formatted: floats as their bits, dates as
days and times as microseconds since 1970, bytes as hexadecimal digits. The source's rows are asked for in the same spelling.
"""

import struct
import uuid

import pyarrow as pa


def float_bits(form, digits):
    def spelled(value):
        return "NaN" if value != value else struct.pack(form, value).hex().zfill(digits)

    return spelled


def uuid_text(value):
    return str(value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value))


def number_text(value):
    return str(value)


def plain_decimal(value):
    return format(value, "f")


def boolean_text(value):
    return "true" if value else "false"


def spell(column, kind):
    if kind in ("timestamp", "timestamptz", "time"):
        column, spelled = column.cast(unit_of(column.type)).cast(pa.int64()), number_text
    elif kind == "date":
        column, spelled = column.cast(pa.int32()), number_text
    elif kind == "float":
        spelled = float_bits(">f", 8)
    elif kind == "double":
        spelled = float_bits(">d", 16)
    elif kind == "boolean":
        spelled = boolean_text
    elif kind in ("int", "long"):
        spelled = number_text
    elif kind == "uuid":
        spelled = uuid_text
    elif kind == "binary" or (isinstance(kind, str) and kind.startswith("fixed")):
        spelled = bytes.hex
    elif isinstance(kind, str) and kind.startswith("decimal"):
        spelled = plain_decimal
    elif kind == "string":
        spelled = str
    else:
        raise ValueError(f"no spelling for the type {kind}")
    return [None if value is None else spelled(value) for value in column.to_pylist()]


def unit_of(kind):
    """Microseconds, as the specification has them; a zone is only a label."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    return pa.time64("us")
