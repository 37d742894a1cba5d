"""Units as tables: counters and measures as they are written, currencies with ISO 4217 codes, lengths of time.

 line of a table is a list of words; `word!abc` says that the word is no unit where one of the characters (or, after a
further `!`, one of the longer strings) follows: 3家 but not 3家庭. `match_unit` finds the longest unit at a place.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from pipeline.core.values import fold_unit

COUNTERS = """
个!!个体户,个性化,个人信息 個 家!!家庭,家园,家禽,家属,家居,家教,家訓,家训,家乡人,家乡味,家乡菜,家乡的,家乡父老
件 名!录牌称额词誉 位!置于
人!!人民,人才,人口,人均,人工智能,人类,人大,人体,人社,人身,人称,人群,人力,人员,人物,人心,人文,人选,人行,人防,人居,人们,人士,人事处,人事局
户!籍型口外 戶 项!羽!项目!项目标 項 次!序!次区域 起!来初点诉草用码源 只!要有是能会 隻 所!有以在得谓需属 座!谈右位
条!件款 條 张!家 張 种!子业粮田 種 批!准发评复示 台 套!餐 部!门委队分署长落属位 篇 份!额 枚 辆 輛 架 艘 列!为车入出
节!能约水日目假省气 節 场!地所馆景 場 处!理置于分罚在长级!处处 處 间!接隙的谍 間 栋 幢 棵 株!洲 头（只） 头(只)
头!部 頭 匹!配 尾!矿 口!岸径号粮味头 支!付持出撑柱 枝 把!握手 根!据本 块!链 塊 片!区面 粒 颗 滴 扇!区
面!积对向临粉料世
幅!度员 册 本!地报质身届月周年轮 卷 页 頁 行!业动政为人情长程列驶!行政区 句 字!节符 首!次个批位家届场 曲 段!落时 章!程
节 集!体团聚约装中合!集成电路 期!间货望待限刊末!期中 版!本权面 号!召称 代!表理替价 届!时会 屆 轮!流胎船渡 輪
回!复应归家报到 趟 遍!布 圈!子 步!行伐入 下!降设调属列岗午 拳 脚 口 声!明音 顿 餐!饮厅馆 席!位 桌 杯!赛子 瓶 碗
盘!活点 盒 箱!包 袋 包!括装含 罐 桶 筐 篮!球板 锅!炉 勺 束 捆 堆 摞 叠 串!联 排!放名水污除查行 行 列 组!织成合建 組
班!子级组长列 队!伍员长 隊 对!外于接应比象话口手 對 双!方边向语 雙 副!总主省市部书 付!款 级!别 級 类!似型别 類 档!案次
等!级 型!号 层!面次级 層 楼!宇盘房市 樓 层级 栏 格!局 门!户槛票店诊 門 道!路德 重!点要大庆大建组新复症叠视量 重量箱
宗!旨教族
笔!记试 筆 单!位元一独纯 桩 门类 则 例!如外会 员 分!别布公局支管析数配类之红散享钟销会工店行手歧院校球团!分钟,分之
点!击赞名评多燃 點 眼!睛界 床!位 剂!量 针!对织 味!道 服!刑务饰 贴 帖 票!据价房 枪 炮
发!展明布挥出放现电起生改行动育达射
响!应 窝 群!众体 房!屋地间产价子 户次 环!境节保球比评 局!面部势长 盏 盞 锭 幕 杆 辈 票次 拨!付款 茬 季!度节风
手!机段术工续册法 路!线径段面网口灯 线!路上下索 線 站!点台位 圈 洞 角!度色落 朵 瓣 缕 丝 绺 团!队员结体聚 堵
款!项式待 样!本式板品 族!自裔群 剧 刊 宿 榀 炉 垛 孔 匝 船!舶员 车!间辆站队道主型次 畦 垄 丘!陵 池 担!任保当 篓 撮
泡 弯 幅 帧 撇 胎 胞 伙 拍 卡!车 户口 网!络点友站格 校!长园区企友 院!士长子校 企!业 厂!房商家 村!民庄级委干落镇
镇!村街区江 乡!村镇亲 县!域城级市区委长乡 縣 区!域间县块 省!级委内区市份道长 市!场区值委县级长辖盟 州!长级委 盟!员友
旗!下帜县 国!家道际 國 地!区方块位面点带铁震理质平 港!口澳区股元 岸 党!员组委建派校小 党派 方!面案式向便法针位 軍
军!队事区人医 司 厅!长 社!会区保 委!员 站 厂 店!铺 库!存房区 馆 園 园!区林 亭 塔 寺 庙 男!性子士女孩 女!性士子儿孩婿
死!亡
伤!害员亡 残!疾 老!人年师党干同 小!时组区学型微企 爱!情国心 维!拉修护持尔 大类 小类 大项!目 小项 中类 年级 年級 车间
周岁 週歲 岁!月 歲 口人
兄弟 姐妹 国集团 行政村 村民组 乡镇!企 街镇 学期 學期 学年 课时 学时 字节 人次 人份 人天 人日 人年 人月 戶次 家次
辆次 輛次 架次 艘次 列次 车次 車次 批次 班次 场次 場次 航次 件次 项次 台次 剂次 针次 个次 台套 台班 条次 例次 床次
频次 次数 头次
只次 吨次 起次 单 车公里 标箱 標箱 标准箱 自然箱 集装箱 档次 档期 航班 车厢 席位!。 学分 品种 人民币 投票!点率站箱
门次 台件
册次 篇次 点次 站次 局 盘 金!融额属牌矿庸 银!行牌 铜!牌矿 金牌 银牌 铜牌 奖牌 机位 泊位 床位 千字 字 颗星 星级 星!期球
球!队员场迷星赛门类鞋衣面拍悬桌馆童衫
筒 包 届次 卡 码!洋头 路 线程 核!心电 像素 万像素 级次 期次 代次 联赛 声道 挡 缸 阀 速 档 款次 吨级 公斤级 标箱级
个点!号子位
跨 围 圍
打!的得!打击,打造,打破,打工,打开,打响,打好,打通,打印,打击,打赢,打卡,打球,打仗,打车,打拼,打架,打法,打量,打算,打人,打电,打出,打点,打败,打磨
两!个位名家岸只条支艘天年月日周
小撮 封!闭面锁 窟 价!格值钱位款税 顶!多级部 课!程题时 月龄 辑!录 指!标数导挥出定令 晚!上间会宴报 夜!间晚里市色
锤!子炼 讲!话究述解 荤 素!质材养 件（套）
辆（艘、架、列）次 台（套） 个（次） 项（次） 家（次） 人（次） 件(套)
台(套) 任!务命何职意由教选 堂!食弟主 坛!子 倍!增数频 番!茄薯号 折旧
回合 省（区、市） 省(区、市) 省（市） 省（区） 省（自治区） 省（市、区） 省(市) 省(区)
"""

MEASURES = """
米!饭粉面粮线 厘米 毫米 分米 微米 纳米 公里 千米 里!程面 华里 英里 海里 丈 尺!寸 寸 英尺 英寸 码 光年 公分 公里/小时
nm μm mm cm dm m km M KM 平方米 平方公里 平方千米 平方厘米 平方分米 平方毫米 平方英尺 平方英里 平方尺 平米 平方 亩
畝 亩次 公顷 公頃 公尺 平方公尺 公亩 顷 英亩 ㎡ m² m2 km² km2 ㎢ hm² 垧 立方米 立方厘米 立方分米 立方千米
立方公里 立方 立方英尺 方 m³ m3 ㎥ 升!级学至高值 毫升 公升 加仑 桶 斗 升/秒 L ml mL ML cc 吨 噸 公吨 吨公里
吨标准煤 吨标煤 吨当量 吨二氧化碳当量 吨二氧化碳 千克 公斤 克!服拉隆 毫克 微克 纳克 斤!斤 两 钱 担 市斤 磅 盎司 克拉
牛米 牛·米 N·m
kg KG Kg g mg μg t 吨位 载重吨 总吨 吨级 千瓦时 千瓦小时 兆瓦时 吉瓦时 千瓦 兆瓦 吉瓦 瓦 毫瓦 太瓦时 瓦时 瓦特
度!数假过 焦 焦耳 千焦 兆焦 卡路里 千卡 大卡 卡 马力 匹马力 kW KW kw kWh kwh MW GW GWh MWh 伏 千伏 伏特
安!村县市镇区全康徽 安培 毫安
毫安时 欧姆 兆伏安 千伏安 kV 百万千瓦 Wh 毫开 摄氏度 攝氏度 华氏度 ℃ °C ℉ °F 开尔文 度 ° ˚ 角分 弧度 开!展发始
帕 百帕 千帕 兆帕 帕斯卡 大气压 hPa kPa MPa Pa 牛顿 牛 千牛 赫兹 千赫 兆赫 吉赫 Hz kHz MHz GHz 分贝 dB 流明 勒克斯
贝克勒尔 西弗 毫西弗 微西弗 拜!仁 比特 千比特 字节 千字节 兆字节 兆 兆比特 KB MB GB TB PB EB ZB G 吉字节 太字节 Mbps
Gbps kbps Kbps bps 兆比特每秒 比特每秒 兆位 千位 转 转/分 节 马赫 丝!绸路 目 标准立方米 标方 PPM ppm ppb mmol μmol mol
毫摩尔 摩尔 国际单位 IU 道尔顿 ms bp 点 手 股!指东权票 份 夸脱 品脱 蒲式耳 英石 次/分 迈 浬 公里级 千伏级 级
FLOPS EFLOPS PFLOPS Eflops EFlops Pflops PFlops 亿次 EHz 英寸级 帧 像素 标准大气压 当量 标台
万千瓦级 千瓦级 兆瓦级 千瓦时/吨 纳米级
"""

# What several countries call their money is read by the country that the text names (pipeline/numbers/money.py); XXX is
# none without one. word = code; the first word of a code is the usual one. The 1990s papers have 马克, 法郎 and 卢布.
CURRENCIES = """
CNY 元 人民币 人民幣 元人民币 元人民幣 圆 圓 块 块钱 塊 塊錢 元钱 RMB CNY 元整 圆整 圓整 蚊
USD 美元 美金 元美金 USD  US$
EUR 欧元 歐元 EUR
GBP 英镑 英鎊 镑 GBP
JPY 日元 日圆 日圓 日币 JPY 円
HKD 港元 港币 港幣 港圆 港紙 HKD 元港币
MOP 澳门元 澳門元 澳门币 澳門幣 葡币 MOP
TWD 新台币 新臺幣 新台幣 台币 臺幣 元新台币 元新臺幣 TWD
KRW 韩元 韓元 韩圆 韩币 KRW
RUB 卢布 盧布 俄罗斯卢布 RUB
AUD 澳元 澳大利亚元 AUD
CAD 加元 加拿大元 加币 CAD
NZD 新西兰元 纽元 NZD
SGD 新加坡元 新元 坡元 新币 SGD
CHF 瑞士法郎 瑞郎 CHF
INR 卢比 印度卢比 INR
PKR 巴基斯坦卢比
IDR 印尼盾 印尼卢比 印度尼西亚盾 IDR 盾
THB 泰铢 泰銖 铢 THB
VND 越南盾 VND
MYR 林吉特 令吉 马来西亚林吉特 马币 MYR
PHP 菲律宾比索 PHP
MXN 墨西哥比索
ARS 阿根廷比索
CLP 智利比索
RON 列伊 罗马尼亚列伊
BRL 雷亞爾 雷亚尔 巴西雷亚尔 BRL
ZAR 兰特 南非兰特 ZAR
TRY 土耳其里拉 里拉 TRY
AED 迪拉姆 阿联酋迪拉姆
SAR 沙特里亚尔 里亚尔 SAR
IRR 伊朗里亚尔
KZT 坚戈 哈萨克斯坦坚戈
PLN 兹罗提 PLN
SEK 瑞典克朗 克朗 SEK
NOK 挪威克朗 NOK
DKK 丹麦克朗 DKK
CZK 捷克克朗
HUF 福林
MNT 图格里克
LAK 基普
MMK 缅元 缅币
KHR 瑞尔
BDT 塔卡
EGP 埃及镑
NGN 奈拉
KES 肯尼亚先令
UAH 格里夫纳
UZS 苏姆
KWD 科威特第纳尔
ILS 谢克尔 以色列谢克尔
DEM 马克 德国马克
FRF 法郎 法国法郎
ITL 意大利里拉
XAF 中非法郎
XDR 特别提款权
ESP 比塞塔 西班牙比塞塔
GEL 拉里 格鲁吉亚拉里
XXX 比索 第纳尔 先令
"""

# What several countries call their money, and the code of each.
_SHARED_CURRENCIES = """
比索 菲律宾 PHP 墨西哥 MXN 智利 CLP 阿根廷 ARS 哥伦比亚 COP 古巴 CUP 乌拉圭 UYU
里拉 意大利 ITL 土耳其 TRY
法郎 法国 FRF 瑞士 CHF 比利时 BEF 喀麦隆 XAF 乍得 XAF
马克 德国 DEM 芬兰 FIM 波黑 BAM
克朗 瑞典 SEK 挪威 NOK 丹麦 DKK 捷克 CZK 冰岛 ISK 爱沙尼亚 EEK
卢比 印度 INR 巴基斯坦 PKR 尼泊尔 NPR 斯里兰卡 LKR 毛里求斯 MUR 印尼 IDR
第纳尔 科威特 KWD 伊拉克 IQD 约旦 JOD 塞尔维亚 RSD 阿尔及利亚 DZD 突尼斯 TND 利比亚 LYD
里亚尔 沙特 SAR 伊朗 IRR 卡塔尔 QAR 也门 YER 阿曼 OMR
先令 肯尼亚 KES 坦桑尼亚 TZS 乌干达 UGX 索马里 SOS 奥地利 ATS
镑 英国 GBP 埃及 EGP 黎巴嫩 LBP 叙利亚 SYP 苏丹 SDG
盾 印尼 IDR 印度尼西亚 IDR 荷兰 NLG 越南 VND
"""

FRACTIONS_OF_CURRENCY = {
    "角": ("CNY", -1), "毛": ("CNY", -1), "角钱": ("CNY", -1), "毛钱": ("CNY", -1), "分钱": ("CNY", -2),
    "分錢": ("CNY", -2), "毛錢": ("CNY", -1), "美分": ("USD", -2), "欧分": ("EUR", -2), "港仙": ("HKD", -2),
    "便士": ("GBP", -2), "仙": ("HKD", -2), "毫": ("HKD", -1), "毫子": ("HKD", -1),
}  # fmt: skip

SYMBOLS = {
    "￥": "CNY", "¥": "CNY", "$": "USD", "＄": "USD", "€": "EUR", "£": "GBP", "￡": "GBP", "₩": "KRW",
    "US$": "USD", "HK$": "HKD", "RMB": "CNY", "CNY": "CNY", "USD": "USD", "EUR": "EUR", "GBP": "GBP", "HKD": "HKD",
    "JPY": "JPY", "CN¥": "CNY", "CNH": "CNY", "HKD$": "HKD", "MOP": "MOP", "MOP$": "MOP", "TWD": "TWD", "NTD": "TWD",
    "NTD$": "TWD", "A$": "AUD", "NT$": "TWD", "₽": "RUB", "₹": "INR",
}  # fmt: skip

# word: (ISO 8601 designator, factor, or below zero a power of ten)
DURATIONS = {
    "年": ("Y", 1), "周年": ("Y", 1), "週年": ("Y", 1), "个年头": ("Y", 1), "载": ("Y", 1), "世纪": ("Y", 100),
    "个世纪": ("Y", 100), "會計年度": ("Y", 1), "个会计年度": ("Y", 1), "个财政年度": ("Y", 1), "个年度": ("Y", 1),
    "个月": ("M", 1), "個月": ("M", 1), "月": ("M", 1), "个多月": ("M", 1), "個多月": ("M", 1), "个季度": ("M", 3),
    "個季度": ("M", 3), "个自然月": ("M", 1), "周": ("W", 1), "週": ("W", 1), "星期": ("W", 1), "个星期": ("W", 1),
    "個星期": ("W", 1), "个多星期": ("W", 1), "礼拜": ("W", 1), "个礼拜": ("W", 1), "禮拜": ("W", 1),
    "個禮拜": ("W", 1), "个周": ("W", 1), "個週": ("W", 1),
    "天": ("D", 1), "日": ("D", 1), "昼夜": ("D", 1), "晝夜": ("D", 1), "个昼夜": ("D", 1),
    "个工作日": ("D", 1), "個工作日": ("D", 1), "工作日": ("D", 1), "个自然日": ("D", 1), "个交易日": ("D", 1),
    "宿": ("D", 1), "小时": ("TH", 1), "小時": ("TH", 1), "个小时": ("TH", 1), "個小時": ("TH", 1),
    "个多小时": ("TH", 1),
    "個多小時": ("TH", 1), "鐘頭": ("TH", 1), "個鐘頭": ("TH", 1), "個鐘": ("TH", 1),
    "钟头": ("TH", 1), "个钟头": ("TH", 1), "个钟": ("TH", 1), "时辰": ("TH", 2),
    "个时辰": ("TH", 2), "h": ("TH", 1), "分钟": ("TM", 1), "分鐘": ("TM", 1), "刻钟": ("TM", 15), "min": ("TM", 1),
    "多分钟": ("TM", 1), "秒": ("TS", 1), "毫秒": ("TS", -3), "微秒": ("TS", -6), "纳秒": ("TS", -9),
    "秒钟": ("TS", 1), "秒鐘": ("TS", 1), "s": ("TS", 1),
}  # fmt: skip
_BLOCKED_DURATIONS = {
    "年": "级級龄轻代画货糕产薪度", "天": "然津府水安", "日": "本元圆语均报军企", "周": "边期转恩岁年围",
    "月": "饼", "载": "客体货人重有", "h": "abcdefghijklmnopqrstuvwxyz",
    "s": "abcdefghijklmnopqrstuvwxyz", "个周": "末一二三四五六日期", "個週": "末一二三四五六日期",
    "个多月": "份", "星期": "一二三四五六日天",
    "礼拜": "一二三四五六日天堂", "禮拜": "一二三四五六日天堂",
    "世纪": "之",
}  # fmt: skip
PERCENTS = {
    "%": ("%", 0), "％": ("%", 0), "﹪": ("%", 0), "‰": ("%", -1), "个百分点": ("pp", 0), "個百分點": ("pp", 0),
    "百分点": ("pp", 0), "個百分点": ("pp", 0), "成": ("%", 1), "折": ("%", 1), "个千分点": ("pp", -1),
    "多个百分点": ("pp", 0), "个多百分点": ("pp", 0), "pct": ("pp", 0), "个基点": ("pp", -2), "基点": ("pp", -2),
    "個基點": ("pp", -2), "BP": ("pp", -2),
}  # fmt: skip
# 120亿元人民币国债: bonds in yuan.
_BLOCKED_MONEY = dict.fromkeys(("人民币", "人民幣", "元人民币", "元人民幣"), "国债存贷")
_BLOCKED_FRACTIONS = {"毫": "无不发厘", "仙": "女人境界子山桃草鹤游居"}
_BLOCKED_PERCENTS = {
    "成": "立功员长本果熟品交效年份形分因人语千", "折": "扣射叠合旧腾线",
}  # fmt: skip
PER = ("/", "／")


def _shared_currencies() -> dict[str, dict[str, str]]:
    rows = (line.split() for line in _SHARED_CURRENCIES.strip().split("\n"))
    return {word: dict(zip(rest[::2], rest[1::2], strict=True)) for word, *rest in rows}


SHARED_CURRENCIES = _shared_currencies()
"""Currency → country → ISO 4217 code."""


class Unit(NamedTuple):
    """A unit found in a text.

    end (int): one past its last character.
    kind (str): "counter", "measure", "money", "percent" or "duration".
    name (str): the unit in a value: folded word, ISO 4217 code, "%", "pp" or an ISO 8601 designator.
    power (int): power of ten, or for a duration the factor, that the number is multiplied with; below zero a power
        of ten for both.
    word (str): as written.
    """

    end: int
    kind: str
    name: str
    power: int
    word: str


class _Row(NamedTuple):
    """One unit of the tables, and where it is none: before `blocked` characters and `longer` words, but `allowed`."""

    word: str
    blocked: frozenset[str]
    longer: tuple[str, ...]
    allowed: tuple[str, ...]
    kind: str
    name: str
    power: int


def _written(kind: str, table: str) -> list[_Row]:
    rows = []
    for entry in table.split():
        word, chars, longer, allowed = ([*entry.split("!"), "", "", ""])[:4]
        rows.append(_Row(word, frozenset(chars), _listed(longer), _listed(allowed), kind, fold_unit(word), 0))
    return rows


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for part in text.split(",") if part)


def _build() -> dict[str, tuple[_Row, ...]]:
    """RETURNS (dict): rows by the first two characters of their word, the longest first; later tables win."""
    rows: dict[str, _Row] = {}
    for row in [*_written("counter", COUNTERS), *_written("measure", MEASURES)]:
        # What may not follow a counter may not follow the same word as a measure: 10方面 are no cubic metres.
        old = rows.get(row.word, row)
        rows[row.word] = row._replace(
            blocked=row.blocked | old.blocked, longer=row.longer + old.longer, allowed=row.allowed + old.allowed
        )

    def add(word: str, blocked: str, kind: str, name: str, power: int) -> None:
        old = rows.get(word)
        kept = frozenset(blocked) | (old.blocked if old else frozenset())
        rows[word] = _Row(word, kept, old.longer if old else (), (), kind, name, power)

    for line in CURRENCIES.strip().split("\n"):
        code, *words = line.split()
        for word in words:
            add(word, _BLOCKED_MONEY.get(word, ""), "money", code, 0)
    for word, (code, power) in FRACTIONS_OF_CURRENCY.items():
        add(word, _BLOCKED_FRACTIONS.get(word, ""), "money", code, power)
    add("旬", "邑刊", "counter", "岁", 1)  # 年近八旬: nearly eighty years old
    for word, (designator, factor) in DURATIONS.items():
        add(word, _BLOCKED_DURATIONS.get(word, ""), "duration", designator, factor)
    for word, (name, power) in PERCENTS.items():
        add(word, _BLOCKED_PERCENTS.get(word, ""), "percent", name, power)
    by_start: dict[str, list[_Row]] = {}
    for row in sorted(rows.values(), key=lambda row: -len(row.word)):
        by_start.setdefault(row.word[:2], []).append(row)
    return {start: tuple(items) for start, items in by_start.items()}


_INTRICATE = frozenset({"G", "块", "米", "角", "毛", "点", "點", "分", "号", "世", "期", "番", "成", "折", "比"})
_ROWS = _build()
_LATIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def match_unit(text: str, start: int) -> Unit | None:
    """RETURNS (Unit | None): the longest unit that starts at a place of a text."""
    pair = text[start : start + 2]
    for word, blocked, longer, allowed, kind, name, power in _ROWS.get(pair, ()) + _ROWS.get(pair[:1], ()):
        if text.startswith(word, start):
            end = start + len(word)
            following = text[end : end + 1]
            if following in blocked or (
                longer and text.startswith(longer, start) and not text.startswith(allowed, start)
            ):
                continue
            if word[-1] in _LATIN and following in _LATIN:
                continue
            return Unit(end, kind, name, power, word)
    return None


def plain_units(after: str) -> dict[str, re.Pattern[str]]:
    """Make regexes for the units of `match_unit` that need no second look at what stands around them.

    after (str): regex of what must follow.
    RETURNS (dict[str, Pattern]): the regex of every first character.
    """
    by_first: dict[str, list[_Row]] = {}
    for row in (row for rows in _ROWS.values() for row in rows):
        by_first.setdefault(row.word[0], []).append(row)
    patterns = {}
    for first, found in by_first.items():
        ordered = sorted(found, key=lambda row: -len(row.word))
        left_out = "|".join(re.escape(row.word[1:]) for row in ordered if _is_intricate(row))
        plain = [row for row in ordered if not _is_intricate(row)]
        branches = "|".join(map(_branch, plain))
        if plain:
            excluded = f"(?!{left_out})" if left_out else ""
            # Atomic: what does not fit behind 立方米 must not be read behind 立方.
            patterns[first] = re.compile(f"{re.escape(first)}{excluded}(?>{branches}){after}")
    return patterns


def _is_intricate(row: _Row) -> bool:
    """Durations compound, 11点 may be a time of day, 96块 may be pieces."""
    return row.kind == "duration" or row.word in _INTRICATE


def _branch(row: _Row) -> str:
    """The rest of a word after its first character, and what may not follow it."""
    blocked = "".join(re.escape(char) for char in sorted(row.blocked)) + ("A-Za-z" if row.word[-1] in _LATIN else "")
    longer = "|".join(re.escape(word[len(row.word) :]) for word in row.longer)
    return re.escape(row.word[1:]) + (f"(?![{blocked}])" if blocked else "") + (f"(?!{longer})" if longer else "")
