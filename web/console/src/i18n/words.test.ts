import { describe, expect, it } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { en } from '../locales/en'
import { zhCN } from '../locales/zh-CN'
import { toHant } from './hant'
import terms from './terms.json'

const files = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap((f) => (f.isDirectory() ? files(`${folder}/${f.name}`) : /\.tsx?$/.test(f.name) ? [`${folder}/${f.name}`] : []))
const source = files('src').filter((f) => !f.includes('locales/') && !f.endsWith('.test.ts') && !f.endsWith('schema.ts'))
const code = source.map((f) => readFileSync(f, 'utf8')).join('\n')
const args = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('the words of the console', () => {
  it('miss in no language, and say the same with the same arguments', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(zhCN).sort())
    for (const [key, text] of Object.entries(zhCN)) {
      expect(text, key).not.toBe('')
      expect(args(en[key as keyof typeof en]), key).toEqual(args(text))
      expect(args(toHant(text)), key).toEqual(args(text))
    }
  })

  it('are all used, and all there are', () => {
    const asked = new Set([...code.matchAll(/\bt\(\s*'([\w.-]+)'/g)].map((m) => m[1]!))
    for (const key of asked) expect(zhCN, key).toHaveProperty([key])
    // A key put together in code ends where the template begins.
    const begins = [...code.matchAll(/`([a-z_]+\.)(?:[a-z_]+\.)?\$\{/g)].map((m) => m[1]!)
    for (const key of Object.keys(zhCN)) {
      const used = code.includes(`'${key}'`) || begins.some((b) => key.startsWith(b))
      expect(used, `${key} is used nowhere`).toBe(true)
    }
  })

  // One word per notion: a status, remedy or command is worded by the table of terms alone.
  it('word no status that the table of terms words', () => {
    const statuses = new Set(Object.entries(terms).filter(([k]) => /^(status|movement|settlement|remedy|ground)\./.test(k)).map(([, w]) => w[0]))
    const shared = new Set(['退款', '退回']) // also plain nouns
    for (const [key, text] of Object.entries(zhCN)) {
      if (!shared.has(text)) expect(statuses.has(text), `${key} words “${text}”, which the table of terms does`).toBe(false)
    }
  })

  // What sellers never say, or what says nothing about who must move.
  it('avoid words that are not the trade’s', () => {
    const wrong = /已完成|处理中(?!（)|审核中|进行中|您已成功|操作成功|用户(?!名)|客户类型|刁难|职业打假|黑名单|亲[，,]/
    for (const [key, text] of Object.entries(zhCN)) expect(text, key).not.toMatch(wrong)
  })

  it('leave nothing simplified in zh-TW', () => {
    const left = /[这们个为时会来对开关没动实发现业东丝两严丧临丽举义乌乐习乡书买乱争亏云亚产亲亿仅从仓仪价众优伙会伞伟传伤伦伪体余佣侠侣侦侧侨偿储儿兑党兰关兴养兽冈册写军农冲决况冻净准凉减凑几凤凭凯击凿划刘则刚创删别刹剂剑剥剧劝办务劢动励劲劳势勋匀匦区医华协单卖卢卫却厂厅历厉压厌厕厘厢县参双变叙叠叶号叹听启吴员响哑唤啸团园围国图圆圣场坏块坚坛坝坟坠垄垒垦埋墙壮声壳处备复够头夹夺奋奖奥妆妇妈姗娱婴孙学宁宝实宠审宪宫宽宾寝寻导寿将尔尘尝层屉届属岁岂岗岛岭峡币师帐帘带帮库应庙庞废开异弃张弯弹强归录彻径忆忧怀态怂总恋恳恶惊惧惨惩惯愤愿懒戏战户扎扑执扩扫扬扰抚抛抢护报担拟拥拦择挂挡挤挥损换捡据摄摆摇撑数斋断无旧时昼显晋晒晓暂术机杂权条来杨极构枢枣枪柜标栈栋栏树样桥检楼欢欧残毁毕毙气汇汉汤沟没沪泪泼洁浅测济浏浓涂涛润涨渐渔温湾湿滚满滤滥灭灯灵灾炉点炼烂烛烟烦烧热爱爷牵犹独狭献玛环现珐琐电画畅疗疯瘫皱监盖盘眍睁矫码砖础硕确碍礼祸离种积称稳穷窃竞笔笼筑签简类粮紧纠红纤约级纪纯纳纵纸纹线练组细织终经结绕给络绝统继绩续维绵绿缓编缘缝缩网罗罚职联聪肃肠肤胁胜脉脏脑脚脱脸腾舆艺节芦苏荐药获营萧虑虽虾蚀蚁补装见规视览觉观触计订认讨让训议讯记讲许论设访证评识诉词试诚话诞询该详语误请诸读课谁调谅谈谋谎谓谢谱贝负贡财责败账货质贩贪购贯贴贵贷费贺赁资赋赌赔赖赚赛赞赠赢赶趋跃践踪车转轮软轻载较辅辆辑输辖边达迁过迈运还这进远违连迟适选递逻遗邮邻郁郑酱释里针钉钟钢钥钱钻铁铃铜银链销锁错键锦镜长门闪闭问闲间闻阁阅队阳阴阵阶际陆陈险随隐难雾静韩页顶项顺须顾顿预领频题颜额风飞饭饮馆马驱验骗鱼鲜鸟鸡鸣麦黄齐齿龙龟]/
    const may = /[画里余后台]/g // also written so in Taiwan, in other words
    for (const [key, text] of Object.entries(zhCN)) expect(toHant(text).replace(may, ''), key).not.toMatch(left)
  })
})
