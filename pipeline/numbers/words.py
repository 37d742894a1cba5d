"""Words that hold a numeral and count nothing: fixed words, set phrases, place names, document numbers.

`word_at` says how far a numeral at a place belongs to such a word. `WORDS` begin with the numeral; `TAILS` say which
characters in front make a word of it (统一, unified; 唯一, only). `word!abc` is no fixed word where one of the characters
follows (十分钟, ten minutes, beside 十分, very). The tables are the behaviour; there is no other rule here.
"""

from __future__ import annotations

# Words that begin with a numeral character.
WORDS = """
一切 一直 一些 一定 一般 一样 一樣 一带 一體 一体 一致 一旦 一律 一贯 一向 一方面 一边 一邊 一再
一并 一同  一味 一举 一概 一经 一齐 一如 一流 一心 一系 一下 一会 一共 一总 一连 一揽子
一次性 一站式 一链条 一批批 一条龙 一窗 一网 一码 一次能源 一来 一去 一丝 一目了然 一成不变 一气呵成
一往无前 一应 一以贯之 一脉 一帆风顺 一意 一己 一斑 一隅 一说 一旁 一侧 一端 一角 一幕 一员 一环
一早 一大 一部分 一整 一股 一阵 一派 一件件 一家家 一项项 一张张 一座座 一个个 一次次 一年年 一天天
一点点 一事一议 一国两制 一个中国 一汽 一中 一村一品 一县一业 一企一策 一业一证 一件事 一刀切 一盘棋
一张网 一张图 一张蓝图 一锤子 一窝蜂 一卡通 一老  一衣带水 一见 一听 一看 一想 一问 一变 一转
一抖 一关 一亮 一改 一落 一碰 一抹 一笑 一跳 一惊 一愣 一热 一跃 一言 一生 一辈子 一世 一身
一家人 一家子 一家亲 一口气 一模一样 一轮轮 一朝 一夜之间 一时间 一开始 一是 一要 一靠 一则 一审
一稿 一类人 一等奖 一等功 一专 一仗 一坎 一炬 一役 一丁点 一刹那 一瞬 一溜 一腔 一江 一坯 一元化
一神 一贫 一穷二白 一清二楚 一清二白 一日游 一次函数 一加 一对一 一比一 一票 一战 一时!许半
一点!五半多零二三四六七八九钟 一點!五半 一刻!钟鐘 一年一度 一天到晚 一日之 一户一策 一起来 一起上
一步步 一份子 一小!时時撮 一级市场 一把手 一把抓 一头扎 一行人 一路上 一路走来 一手抓 一面是 一路 一手
一起!案事因由交较重涉典伤安火医
二是 二要 二则 二来 二审 二氧化 二手 二甲 二胎 二孩 二维 二线 二次能源 二次元 二十国集团 二等奖
二等功 二人转 二胡 二话 二级市场 二恶英 二噁英 二战 二环 二道 二十大 二十届
三是 三要 三则 三来 三审 三氧化 三孩 三胎 三维 三线 三等奖 三等功 三环 三农 三甲 三北 三峡 三峽
三亚 三亞 三明 三门峡 三江 三沙 三河 三原 三星 三菱 三一重 三亩地 三通 三包 三轮车 三民主义 三伏
三九 三令五申 三番五次 三心二意 三思 三言两语 三长两短 三三两两 三教 三军 三国演义 三资 三严三实
三会一课 三比一讲 三个代表 三改一拆 三网融合 三权分置 三同时 三违 三夏 三秋 三月三 三八 三好 三道堰
三皇 三苏 三清山 三无 三废 三防 三定 三基 三支一扶 三下乡 三中全会 三聚氰胺 三七 三叶 三文 三合一
三轮摩托 三穗 三都 三台县 三里屯 三林 三百山 三棵树 三只羊 三宝 三脚 三温暖 三围 三人行 三角!钱
三角洲 三次产业 三公!里斤分顷 三门!课功 三区三州
四是 四要 四线 四环 四川 四会 四处 四面八方 四通八达 四肢 四方 四海 四大名著 四书 四合院 四好农村路
四风 四化 四中全会 四明 四六级 四舍五入 四套班子 四季度末 四平!方米 四季!度 四周!年 四起!案事
五是 五要 五线 五环 五一 五四 五星 五常 五金 五指山 五台 五莲 五华 五矿 五大连池 五粮液 五谷
五年计划 五位一体 五中全会 五保 五险一金 五官 五彩 五颜六色 五湖四海 五花八门 五经 五脏 五家渠 五峰
五河 五原 五水共治 五反 五香 五象 五店市 五道口 五棵松 五大洲 五大发展
六是 六环 六安 六盘水 六盘山 六一 六枝 六稳 六保 六中全会 六神 六横 六库 六和 六朝 六书 六畜
六必居 六四 六五环境 六方会谈 六方
七是 七台河 七一 七夕 七星 七嘴八舌 七上八下 七彩 七匹狼 七中 七国集团 七宝 七里
八是 八一 八达岭 八面城 八步沙 八宝 八卦 八仙 八方 八路军 八项规定 八中全会 八公山 八荣八耻 八国集团
八里 八旗 八哥 八角 八桂 八闽
九是 九江 九龙 九龍 九寨 九三 九泉 九州 九牛 九鼎 九华 九仰坡 九霄 九重 九死一生 九宫 九台 九原
九中全会 九二共识 九年义务教育 九年制 九年一贯
十是 十足 十堰 十里 十字 十佳 十八大 十九大 十七大 十六大 十五大 十四大 十三大 十九届 十八届
十年禁渔 十年如一日 十面 十陵 十全 十渡 十三陵 十有八九 十多年来如一日 十三行 十亿级 十万个为什么 十指
十项全能 十分!钟之鐘 十二年一贯
百姓 百强 百度 百货 百色 百科 百般 百家 百花 百万富翁 百战 百合 百川 百感 百业 百废 百折不挠 百日
百思 百岁 百济 百炼 百团 百草 百老汇 百慕大 百里 百胜 百事 百威 百福 百变 百山祖 百丽 百灵 百叶
百会 百步 百闻 百尺 百舸 百丈 百善 百利 百村 百校 百县 百镇 百企 百名最 百分制 百年大计 百年未有
百年奋斗 百年变局
千方百计 千山 千岛 千万别 千万不 千万要 千古 千秋 千里 千军万马 千头万绪 千辛万苦 千差万别 千变万化
千丝万缕 千篇一律 千年 千阳 千灯 千佛 千户 千金 千钧 千言万语 千真万确 千姿百态 千千万万 千万千万
千百年 千瓦 千克 千米 千帕 千伏 千斤顶 千叶 千校 千村 千企 千亿级 千亩方 千疮百孔 千载 千锤百炼
千行百业 千家 千人计划 千字文 千层 千禧
万一 万州 万物 万科 万达 万里 万象 万隆 万宁 万事 万众 万有 万能 万岁 万国 万向 万水千山 万无一失
万紫千红 万古 万家 万户 万源 万载 万山 万年 万博 万豪 万圣节 万维网 万盛 万安 万荣 万全 万福 万寿
万代 万马 万丈 万通 万佛 万春 万峰 万华 万泉 万籁 万鸦老 万幸 万万 万般 万贯 万难 万民 万世 万千
万顷良田 万村 万企 万分!之
亿利 亿嘉和 亿纬 亿万 亿阳
零距离 零售 零部件 零件 零食 零星 零容忍 零工 零散 零跑 零关税 零碳 零排放 零投诉 零事故 零报告
零钱 零增长 零突破 零感染 零缺陷 零接触 零时差 零差率 零差价 零用 零花 零基础 零陵 零就业 零和
零门槛 零申报 零上访 零失误 零死亡 零碎
两会 两院 两学一做 两不愁  两手 两旁 两侧 两边 两头 两端 两极 两性 两难 两用 两样 两湖 两广
两江 两淮 两汉 两宋 两口子 两者 两全 两可 两相 两翼 两栖 两河 两癌 两高 两违 两山 两病 两化 两新
两重 两基 两免 两税 两路 两节 两业 两型 两非 两规 两案 两弹 两个口 两个维护 两个确立 两个毫不动摇
两限房 两当 两面 两把刷子 两个基本 两级分化 两险
陆续 陆上 陆地 陆军 陆路
伍德
拾起 拾遗
肆意
参与
半径 半导体 半岛 半晌 半夜 半山 半场 半决赛 半壁江山 半坡 半截 半途 半自动 半成品 半程 半空
半信半疑 半挂 半边天 半島 半導體 半月板 半月谈 半瓶 半点 半干旱 半封闭 半生 半球 半固态 半开 半脱产
半潜 半数以上
廿四 廿里
0号
几何 几乎 几率 几经 几近 几内亚 几度 几时 几许
幾乎 幾何
数据 数字 数控 数码 数量 数额 数学 数值 数目
首都 首先 首要 首席 首相 首脑 首府 首领 首页 首尔 首钢 首发 首创 首选 首倡 首善 首播 首映 首饰
首长 首演 首尾 首肯 首任 首乌 首付 首飞 首航 首开 首推 首秀 首战 首站 首当其冲 首季度 首阳 首义
首犯 首富 首级 首功 首日封
前三门
兩岸
"""

# 统一, 唯一, …: the characters before a numeral that make it part of a word. {numeral: words that end with it}.
TAILS = """
统一 統一 唯一 惟一 单一 逐一 同一 专一 归一 合一 如一 之一 不一 万一 初一 进一 凑一 合二
无二 不二 独一无二 再三 张三 三一 九三 京九 重九 阳九 李四 红十 紅十 双十 若干 龙八 老百 红百
数一数二 其二 其三 其四 之三 十有八 数以千 数以万 数以百 成千 成百 飘零 凋零 归零 清零 梅花三 红五 老三
小三 鲁班一 小两 老两 拓万 八一 周一 周二 周三 周四 周五 周六 星期一 星期二 星期三 星期四 星期五 星期六
双一 中二 新一
"""


def _word_table() -> dict[str, tuple[tuple[str, frozenset[str]], ...]]:
    table: dict[str, tuple[tuple[str, frozenset[str]], ...]] = {}
    for entry in sorted(WORDS.split(), key=len, reverse=True):
        word, _, blocked = entry.partition("!")
        table[word[:2]] = (*table.get(word[:2], ()), (word, frozenset(blocked)))
    return table


def _tail_table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for word in TAILS.split():
        table[word[-1]] = (*table.get(word[-1], ()), word[:-1])
    return table


_WORDS = _word_table()
_TAILS = _tail_table()


def word_at(text: str, start: int) -> int:
    """RETURNS (int): length of the fixed word that begins with the numeral at a place; 0 if there is none."""
    for word, blocked in _WORDS.get(text[start : start + 2], ()):
        if text.startswith(word, start) and text[start + len(word) : start + len(word) + 1] not in blocked:
            return len(word)
    return 0


def ends_word(text: str, start: int) -> bool:
    """RETURNS (bool): whether the numeral character at a place ends a fixed word such as 统一 (unified)."""
    tails = _TAILS.get(text[start])
    return tails is not None and text.endswith(tails, 0, start)
