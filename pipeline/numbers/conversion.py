"""What units measure, their other spellings, and exact conversion between them; values are converted only on request.

One table: a kind of quantity, its base unit, and for every spelling how many base units it is, as an exact fraction. A
value keeps the unit it was written with; 5 公里 and 5000 米 are different values unless `same_amount` is asked. Units
that mean several things (度, 点, 级), counters (件, 家) and temperatures, whose scales have offsets, are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, Inexact
from fractions import Fraction
from functools import cache

from pipeline.core.value_types import EXACT, Amount, Value, format_decimal
from pipeline.core.values import fold_unit, make_amount, parse_value

# kind: lines of "how many base units = spellings"; the first spelling of the line with 1 is the base unit, the first of
# every other line the canonical one of its size.
_TABLE = {
    "length": """
1 = 米 m 公尺
1/1000 = 毫米 mm
1/100 = 厘米 cm 公分
1/10 = 分米 dm
1/1000000 = 微米 μm
1/1000000000 = 纳米 nm
1000 = 公里 千米 km KM
500 = 里 华里
10/3 = 丈
1/3 = 尺
1/30 = 寸
1852 = 海里 浬
0.3048 = 英尺
0.0254 = 英寸
1609.344 = 英里
0.9144 = 码
""",
    "area": """
1 = 平方米 平米 ㎡ m² m2 平方公尺
1/10000 = 平方厘米
1/100 = 平方分米
1000000 = 平方公里 平方千米 km² km2 ㎢
10000 = 公顷 公頃 hm²
100 = 公亩
2000/3 = 亩 畝
200000/3 = 顷
""",
    "volume": """
1 = 立方米 m³ m3 ㎥
1/1000 = 升 公升 立方分米 L
1/1000000 = 毫升 立方厘米 ml mL ML cc
1000000000 = 立方千米 立方公里
""",
    "mass": """
1 = 千克 公斤 kg KG Kg
1/1000 = 克 g
1/1000000 = 毫克 mg
1/1000000000 = 微克 μg
1000 = 吨 噸 公吨 t
1/2 = 斤 市斤
1/20 = 两
50 = 担
0.45359237 = 磅
0.028349523125 = 盎司
1/5000 = 克拉
""",
    "energy": """
1 = 千瓦时 千瓦小时 kWh kwh
1/1000 = 瓦时 Wh
1000 = 兆瓦时 MWh
1000000 = 吉瓦时 GWh
1000000000 = 太瓦时
1/3600000 = 焦 焦耳
1/3600 = 千焦
1/3.6 = 兆焦
""",
    "power": """
1 = 千瓦 kW KW kw
1/1000 = 瓦
1/1000000 = 毫瓦
1000 = 兆瓦 MW
1000000 = 吉瓦 GW
""",
    "pressure": """
1 = 帕 帕斯卡 Pa
100 = 百帕 hPa
1000 = 千帕 kPa
1000000 = 兆帕 MPa
101325 = 标准大气压
""",
    "frequency": """
1 = 赫兹 Hz
1000 = 千赫 kHz
1000000 = 兆赫 MHz
1000000000 = 吉赫 GHz
""",
}


@dataclass(frozen=True, slots=True)
class UnitSize:
    """What a unit measures.

    kind (str): "length", "area", "volume", "mass", "energy", "power", "pressure" or "frequency".
    canonical (str): the usual spelling of a unit of this size.
    factor (Fraction): how many base units of the kind one of it is.
    """

    kind: str
    canonical: str
    factor: Fraction


def unit_size(unit: str) -> UnitSize | None:
    """RETURNS (UnitSize | None): what a unit measures, in any of its spellings; None for counters and unknown units."""
    return _sizes().get(fold_unit(unit))


def convert_value(text: str, label: str, unit: str) -> str:
    """Write a value in another unit.

    text (str): a canonical value with a unit, such as "3.5 公里" or ">=2 公里/小时".
    label (str): its label.
    unit (str): the unit wanted; of a rate ("公里/小时") only the part before the slash changes.
    RETURNS (str): the canonical value in that unit, exactly: "3500 米".
    RAISES (ValueError): if the units do not measure the same, or the result is no finite decimal (1 尺 in 米).
    """
    value = parse_value(text, label)
    (old, per), new = _split(value), unit_size(unit)
    if old is None or new is None or old.kind != new.kind:
        raise ValueError(f"{text!r} cannot be written in {unit!r}: they do not measure the same, or are no measures")
    assert isinstance(value.body, Amount)
    ratio = old.factor / new.factor
    low = _decimal(Fraction(value.body.low) * ratio, text, unit)
    high = None if value.body.high is None else _decimal(Fraction(value.body.high) * ratio, text, unit)
    return str(make_amount(low, high, unit=fold_unit(unit) + per, modifier=value.modifier))


def same_amount(first: str, second: str, label: str) -> bool:
    """RETURNS (bool): whether two values are equal once both are written in one unit: 5 公里, 5 千米, 5000 米."""
    one, other = parse_value(first, label), parse_value(second, label)
    (size, per), (other_size, other_per) = _split(one), _split(other)
    if size is None or other_size is None:
        return one == other
    if (size.kind, per, one.modifier) != (other_size.kind, other_per, other.modifier):
        return False
    return _ends(one, size) == _ends(other, other_size)


def _split(value: Value) -> tuple[UnitSize | None, str]:
    """RETURNS (tuple): what the unit before the slash measures, and the slash with what follows."""
    word, slash, per = (value.unit or "").partition("/")
    return unit_size(word), slash + per


def _ends(value: Value, size: UnitSize) -> tuple[Fraction, Fraction | None]:
    assert isinstance(value.body, Amount)
    high = value.body.high
    return Fraction(value.body.low) * size.factor, None if high is None else Fraction(high) * size.factor


def _decimal(number: Fraction, text: str, unit: str) -> str:
    """RETURNS (str): the number as a plain decimal. RAISES (ValueError): if it has no end."""
    try:
        return format_decimal(EXACT.divide(Decimal(number.numerator), Decimal(number.denominator)))
    except Inexact:
        raise ValueError(f"{text!r} in {unit!r} has no finite decimal") from None


@cache
def _sizes() -> dict[str, UnitSize]:
    found: dict[str, UnitSize] = {}
    for kind, table in _TABLE.items():
        for line in table.strip().splitlines():
            factor, _, names = line.partition(" = ")
            top, _, bottom = factor.partition("/")
            size = Fraction(top) / Fraction(bottom or "1")
            words = [fold_unit(name) for name in names.split()]
            found |= {word: UnitSize(kind, words[0], size) for word in words}
    return found
