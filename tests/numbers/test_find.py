"""What `find_numbers` finds in a text: span, label and value, as a table for every label and rule of the guidelines."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.numbers import find_candidates, find_numbers

SEED = Path(__file__).parents[2] / "seeds" / "000_33a5e50e001da68a.txt"

Found = list[tuple[str, str, str | None]]


def found(text: str, date: str | None = None) -> Found:
    return [(text[span.start : span.end], span.label, span.value) for span in find_numbers(text, date)]


QUANTITIES: list[tuple[str, Found]] = [
    ("注册商标4.3万件", [("4.3万件", "QUANTITY", "43000 件")]),
    ("全国395个县级市", [("395个", "QUANTITY", "395 个")]),
    ("全长1.2公里", [("1.2公里", "QUANTITY", "1.2 公里")]),
    ("三级品牌培育库", [("三级", "QUANTITY", "3 级")]),
    ("20多名记者", [("20多名", "QUANTITY", ">20 名")]),
    ("百余家企业", [("百余家", "QUANTITY", ">100 家")]),
    ("新建3至5个站", [("3至5个", "QUANTITY", "3..5 个")]),
    ("3~5万吨", [("3~5万吨", "QUANTITY", "30000..50000 吨")]),
    ("一百二十到一百五十万人", [("一百二十到一百五十万人", "QUANTITY", "1200000..1500000 人")]),
    ("气温为-5℃", [("-5℃", "QUANTITY", "-5 °C")]),
    ("近100家", [("100家", "QUANTITY", "~100 家")]),
    ("100家左右", [("100家", "QUANTITY", "~100 家")]),
    ("不低于6所", [("6所", "QUANTITY", ">=6 所")]),
    ("零下37摄氏度", [("零下37摄氏度", "QUANTITY", "-37 摄氏度")]),
    ("浓度31.3微克/立方米", [("31.3微克/立方米", "QUANTITY", "31.3 微克/立方米")]),
    ("从300吨级", [("300吨级", "QUANTITY", "300 吨级")]),
    ("装机6482万千瓦", [("6482万千瓦", "QUANTITY", "64820000 千瓦")]),
    ("翻一番", [("翻一番", "QUANTITY", "2 倍")]),
    ("是上年的1.5倍", [("上年", "DATE", None), ("1.5倍", "QUANTITY", "1.5 倍")]),
    ("达1409万、1305万人次", [("1409万", "QUANTITY", "14090000 人次"), ("1305万人次", "QUANTITY", "13050000 人次")]),
    ("建设二、三级医院", [("二", "QUANTITY", "2 级"), ("三级", "QUANTITY", "3 级")]),
    ("两国企业", [("两国", "QUANTITY", "2 国")]),
    ("数十家", [("数十家", "QUANTITY", None)]),
    ("Ⅲ类水体", [("Ⅲ类", "QUANTITY", "3 类")]),
    ("2813.8万辆（艘、架、列）次", [("2813.8万辆（艘、架、列）次", "QUANTITY", "28138000 辆（艘、架、列）次")]),
    ("两个半足球场", [("两个半", "QUANTITY", "2.5 个")]),
    ("上万户停电", [("上万户", "QUANTITY", ">=10000 户")]),
    ("年近八旬的老人", [("八旬", "QUANTITY", "~80 岁")]),
    ("流量为720立方米/秒", [("720立方米/秒", "QUANTITY", "720 立方米/秒")]),
    ("村民一两个人", [("一两个", "QUANTITY", "1..2 个")]),
    ("６·２级地震", [("６·２级", "QUANTITY", "6.2 级")]),
    ("涡河两岸", [("两岸", "QUANTITY", "2 岸")]),
    ("项目分两期建设", [("两期", "QUANTITY", "2 期")]),
    ("举办训练班14期，", [("14期", "QUANTITY", "14 期")]),
    ("两头黄牛", [("两头", "QUANTITY", "2 头")]),
    ("中老两党", [("两党", "QUANTITY", "2 党")]),
    ("全镇有5所不足60人", [("5所", "QUANTITY", "5 所"), ("60人", "QUANTITY", "<60 人")]),
    ("Ⅰ类至Ⅱ类水质", [("Ⅰ类至Ⅱ类", "QUANTITY", "1..2 类")]),
    ("十千米", [("十千米", "QUANTITY", "10 千米")]),
    ("三千米", [("三千米", "QUANTITY", "3000 米")]),
    ("两万两白银", [("两万两", "QUANTITY", "20000 两")]),
    ("至少造成14人死亡", [("14人", "QUANTITY", ">=14 人")]),
]

MONEY_AND_SHARES: list[tuple[str, Found]] = [
    ("累计达16.5亿元。", [("16.5亿元", "MONEY", "1650000000 CNY")]),
    ("3000美元", [("3000美元", "MONEY", "3000 USD")]),
    ("五角钱", [("五角钱", "MONEY", "0.5 CNY")]),
    ("50元6角三分", [("50元6角三分", "MONEY", "50.63 CNY")]),
    ("三块五", [("三块五", "MONEY", "3.5 CNY")]),
    ("￥300", [("￥300", "MONEY", "300 CNY")]),
    ("每吨5000元/吨", [("5000元/吨", "MONEY", "5000 CNY/吨")]),
    ("USD 5", [("USD 5", "MONEY", "5 USD")]),
    ("RMB300元", [("RMB300元", "MONEY", "300 CNY")]),
    ("票价HK$12亿", [("HK$12亿", "MONEY", "1200000000 HKD")]),
    ("贷款两个亿卢布", [("两个亿卢布", "MONEY", "200000000 RUB")]),
    ("五个亿元镇", [("五个", "QUANTITY", "5 个"), ("亿元", "MONEY", "100000000 CNY")]),
    ("消費2,619元，共5億澳門元", [("2,619元", "MONEY", "2619 MOP"), ("5億澳門元", "MONEY", "500000000 MOP")]),
    ("罰五萬元，即5萬港元", [("五萬元", "MONEY", "50000 HKD"), ("5萬港元", "MONEY", "50000 HKD")]),
    ("人民幣5元，共5億澳門元", [("5元", "MONEY", "5 CNY"), ("5億澳門元", "MONEY", "500000000 MOP")]),
    ("罚5万元，即5万港元", [("5万元", "MONEY", "50000 CNY"), ("5万港元", "MONEY", "50000 HKD")]),
    ("至少三块零四", [("三块零四", "MONEY", ">=3.04 CNY")]),
    ("五块六到五块七毛八", [("五块六到五块七毛八", "MONEY", "5.6..5.78 CNY")]),
    ("1万元--5万元", [("1万元--5万元", "MONEY", "10000..50000 CNY")]),
    ("高半个百分点", [("半个百分点", "PERCENT", "0.5 pp")]),
    ("上限500元", [("500元", "MONEY", "<=500 CNY")]),
    ("损失少说50万元", [("50万元", "MONEY", ">=500000 CNY")]),
    ("总量站稳5200亿元", [("5200亿元", "MONEY", ">520000000000 CNY")]),
    ("营收超百亿元", [("百亿元", "MONEY", ">10000000000 CNY")]),
    ("6000万元至7500万元", [("6000万元至7500万元", "MONEY", "60000000..75000000 CNY")]),
    ("96块小网", [("96块", "QUANTITY", "96 块")]),
    ("最初的一两百万元", [("一两百万元", "MONEY", "1000000..2000000 CNY")]),
    ("四十九兆九千五百九十二億元", [("四十九兆九千五百九十二億元", "MONEY", "49959200000000 CNY")]),
    ("月薪10~15k元", [("10~15k元", "MONEY", "10000..15000 CNY")]),
    ("€730-740", [("€730-740", "MONEY", "730..740 EUR")]),
    ("1万(含)-5万元", [("1万(含)-5万元", "MONEY", "10000..50000 CNY")]),
    ("82，225.00元", [("82，225.00元", "MONEY", "82225 CNY")]),
    ("撤回率98.46%", [("98.46%", "PERCENT", "98.46 %")]),
    ("占８５％", [("８５％", "PERCENT", "85 %")]),
    ("百分之三", [("百分之三", "PERCENT", "3 %")]),
    ("百分之三十至四十", [("百分之三十至四十", "PERCENT", "30..40 %")]),
    ("30%至40%", [("30%至40%", "PERCENT", "30..40 %")]),
    ("约三成", [("三成", "PERCENT", "~30 %")]),
    ("八成六", [("八成六", "PERCENT", "86 %")]),
    ("六成多的企业", [("六成", "PERCENT", ">60 %")]),
    ("九五折", [("九五折", "PERCENT", "95 %")]),
    ("提高1.2个百分点", [("1.2个百分点", "PERCENT", "1.2 pp")]),
    ("5‰", [("5‰", "PERCENT", "0.5 %")]),
    ("1/3以上", [("1/3", "PERCENT", ">=33.3333 %")]),
    ("三分之二", [("三分之二", "PERCENT", "66.6667 %")]),
    ("下降3.2%", [("3.2%", "PERCENT", "3.2 %")]),
    ("降低5个基点", [("5个基点", "PERCENT", "0.05 pp")]),
    ("上调25个基点至4.75%", [("25个基点", "PERCENT", "0.25 pp"), ("4.75%", "PERCENT", "4.75 %")]),
    ("半数以上的企业", [("半数", "PERCENT", ">=50 %")]),
    ("以一又四分之三子取胜", [("一又四分之三", "PERCENT", "175 %")]),
    ("千万分之六", [("千万分之六", "PERCENT", "0.00006 %")]),
    ("一百分之一", [("一百分之一", "PERCENT", "1 %")]),
    ("打75折", [("75折", "PERCENT", "75 %")]),
    ("约占公司最近年度营业收入的38.4%", [("38.4%", "PERCENT", "~38.4 %")]),
    ("不超过投资额两成", [("两成", "PERCENT", "<=20 %")]),
    (" .5%", [(".5%", "PERCENT", "0.5 %")]),
    ("浮动以6%为限", [("6%", "PERCENT", "<=6 %")]),
]

RANKS_AND_COUNTS: list[tuple[str, Found]] = [
    ("位列第10名", [("第10名", "ORDINAL", "10 名")]),
    ("第一动力", [("第一", "ORDINAL", "1")]),
    ("县十四届人大四次会议", [("十四届", "ORDINAL", "14 届"), ("四次", "ORDINAL", "4 次")]),
    ("二十届三中全会", [("二十届", "ORDINAL", "20 届")]),
    ("新一届政府，上一届人大", []),
    ("全年召开四次会议", [("全年", "DATE", None), ("四次", "QUANTITY", "4 次")]),
    ("宁波首件", [("首件", "ORDINAL", "1 件")]),
    ("首席代表首先", []),
    ("居前三。", [("前三", "ORDINAL", "3")]),
    ("前20名", [("前20名", "ORDINAL", "20 名")]),
    ("比分3∶1", [("3∶1", "CARDINAL", "3:1")]),
    ("112比97取胜", [("112比97", "CARDINAL", "112:97")]),
    ("得分9.5，", [("9.5", "CARDINAL", "9.5")]),
    ("惠及300多万各族群众", [("300多万", "CARDINAL", ">3000000")]),
    ("五部门联合发文", [("五", "CARDINAL", "5")]),
    ("五大片区", [("五", "CARDINAL", "5")]),
    ("财政部等12部门印发", [("12", "CARDINAL", "12")]),
    ("涉及10方面内容", [("10", "CARDINAL", "10")]),
    ("打造6大板块", [("6", "CARDINAL", "6")]),
    ("上亿市场主体", [("上亿", "CARDINAL", ">=100000000")]),
    ("年近七十的婆婆", [("七十", "CARDINAL", "~70")]),
    ("年过半百", [("半百", "CARDINAL", ">50")]),
    ("浏览次数：2746", [("2746", "CARDINAL", "2746")]),
    ("最大食分0.978，", [("0.978", "CARDINAL", "0.978")]),
    ("该指数低于50，", [("50", "CARDINAL", "<50")]),
    ("还是头一回", [("头一回", "ORDINAL", "1 回")]),
    ("头一个月", [("头一个", "ORDINAL", "1 个")]),
    ("首孔箱梁", [("首孔", "ORDINAL", "1 孔")]),
    ("规范发展第三支柱", [("第三", "ORDINAL", "3")]),
    ("第八分校", [("第八", "ORDINAL", "8")]),
]

NOT_NUMBERS: list[tuple[str, Found]] = [
    ("统一部署，唯一一直一起一切", []),
    ("“一件事”改革", []),
    ("“三比一讲”活动", []),
    ("零距离服务", []),
    ("百强榜单", []),
    ("三农工作", []),
    ("“一带一路”", []),
    ("每万人口", []),
    ("一批具有核心竞争力", []),
    ("一项系统性较强的工作", []),
    ("新闻多一点", []),
    ("PM2.5浓度", []),
    ("电话0574-62701234", []),
    ("（一）推动 1. 坚持", []),
    ("国发〔2023〕15号", []),
    ("https://tv.cctv.com/2024/08/26/VIDE240826.shtml", []),
    ("5A级景区", []),
    ("5G基站", []),
    ("千方百计", []),
    ("海峡两岸，机场三期，一期工程，一夜之间", []),
    ("直-8L、运油-20等机型", []),
    ("神十四和新四军", []),
    ("补贴能早一点到位", []),
    ("从零起步", []),
    ("工业4.0，", []),
    ("不收一分钱", []),
    ("这一天，每一亩，一户人家", []),
    ("三六九等，一落千丈", []),
    ("遥感三十四号03星", []),
    ("战绩3胜5负1平", []),
    ("成千上万的抗议者，成百上千家工厂", []),
    ("四分之一决赛", []),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [*QUANTITIES, *MONEY_AND_SHARES, *RANKS_AND_COUNTS, *NOT_NUMBERS],
    ids=[text for text, _ in [*QUANTITIES, *MONEY_AND_SHARES, *RANKS_AND_COUNTS, *NOT_NUMBERS]],
)
def test_find_numbers_by_table(text: str, expected: Found) -> None:
    assert found(text) == expected


def test_find_numbers_of_the_seed_document() -> None:
    text = SEED.read_text(encoding="utf-8")
    numbers = found(text, "2022-04-26")
    for expected in [
        ("20220426", "DATE", "2022-04-26"),
        ("426日", "DATE", "2022-04-26"),
        ("第22个", "ORDINAL", "22 个"),
        ("去年底", "DATE", "2021 end"),
        ("4.3万件", "QUANTITY", "43000 件"),
        ("16.5亿元", "MONEY", "1650000000 CNY"),
        ("20207月", "DATE", "2020-07"),
        ("98.46%", "PERCENT", "98.46 %"),
        ("421日", "DATE", "2022-04-21"),
        ("一周", "DATE", "P1W"),
        ("当天", "DATE", "2022-04-21"),
        ("近年", "DATE", None),
    ]:
        assert expected in numbers
    assert not {"一件事", "一切", "一批", "一项", "一条", "一点"} & {surface for surface, _, _ in numbers}


def test_candidates_hold_what_the_grammar_drops() -> None:
    dropped = [item for item in find_candidates("这是一项工作") if not item.keep]
    assert [(item.start, item.end, item.rule) for item in dropped] == [(2, 4, "cn1-counter")]


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "百",
        "百分之",
        "一",
        "1,",
        "1-",
        "2020年",
        "1至",
        "1/",
        "三点",
        "“一",
        "半",
        "5元6角",
        "1万元至",
        "1元-",
        "一年至",
    ],
)
def test_find_numbers_takes_linear_time(unit: str) -> None:
    find_candidates(unit * (100_000 // len(unit)), "2024-03-05")


def test_find_numbers_refuses_what_is_no_date() -> None:
    with pytest.raises(InputError, match="YYYY-MM-DD"):
        find_numbers("去年", "2022年4月")


def test_a_quarter_with_its_number_is_a_date_and_not_a_rank() -> None:
    (span,) = find_numbers("第三季度，我市新增企业", date="2022-11-26")  # in the third quarter
    assert (span.end, span.label, span.value) == (4, "DATE", "2022-35")


def test_a_number_that_a_space_cuts_before_its_scale_is_read_whole() -> None:
    assert found("注册商标4.3 万件") == [("4.3 万件", "QUANTITY", "43000 件")]  # 43,000 items, broken by the web
