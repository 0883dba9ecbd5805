//! Sentences made by rule, beside those written by hand: each pattern is said four times, and its
//! blanks are filled from lists in turn, so that towns, items and units of count stand where they
//! stand in real messages. The same lists give the same sentences.
//!
//! | blank | filled with |
//! |---|---|
//! | `@` | a town |
//! | `#` | an item, a quantity and its unit of count |
//! | `&` | a team |
//! | `%` | a number |
//! | `~` | a time of day |
//! | `^` | a place inside a town |

/// Whole messages with blanks, in the two ways in which people type commas and colons.
const PATTERNS: [&str; 36] = [
    "&即赴@^，~前到达，到达即报。",
    "前指→&：@^有%人被困，速派艇接应。",
    "区指→@：~前完成^住户转移，转完报人数。",
    "@：^水位上涨，沿河%户立即撤到高处。",
    "【橙色】@ ~起预计雨量%毫米，低洼户做好转移准备，收到请回1。",
    "【红色·立即转移】@^：~前转完，带队村支书。",
    "【解除】@^封控解除，群众分批返家，签收即可。",
    "收到。@值班员，~。",
    "收到，&已出发，预计~到@。",
    "@已落实：应转%户，实转%户，拒转0户。",
    "已落实：@^转移%户%人，无伤亡。",
    "代签：@电话通，镇长已知，~。",
    "首报 ~ @^山体滑坡，约%方，失联%人，已组织%人搜救，来源村支书。",
    "首报 ~ @^内涝，水深约1米，被困%人，无伤亡。",
    "续报 ~ @^失联人员已救出，转移%户%人，道路中断。",
    "终报 @^险情处置完毕，无人员死亡失踪，&撤收。",
    "七情~：警情%起；雨情最大@%毫米；水情平稳；险情%处；灾情转移%人；工情正常；舆情平稳。",
    "出库 区库→@库 #，~发。",
    "签收 @库 实收#，~。",
    "盘点 @库 #，账实相符。",
    "调拨：从@库调#到@库，先电话后补单。",
    "求助 @：需#，~前送到^。",
    "资源：@可提供#，可用至~。",
    "@库存：#，#。",
    "安置点 @^ 在点%人（老%幼%病%），缺#。",
    "转移卡：对象@^%户%人；带队村主任；路线机耕道；车大巴%。",
    "&位置@^，人%艇%，在途，电%%。",
    "交接班 ~：未签收@；在途调拨%单；断道%处。",
    "&到@集结，携带#。",
    "@断路断网断电，只通北斗，^%人平安。",
    "请&留守@^，每两小时报一次平安。",
    "@^道路抢通，限小车通行。",
    "@：请核实^失联%人，~前回复。",
    "请@把#送到^，签收人村主任。",
    "@值班室：^桥梁封闭，车辆绕行，~恢复。",
    "&接到%人，送@^安置。",
];
const TEAMS: [&str; 14] = [
    "水上救援一队",
    "水救二队",
    "综合支队",
    "森林消防一中队",
    "道路抢通二队",
    "电力抢修队",
    "通信抢修队",
    "医疗救援一队",
    "地灾抢险队",
    "民兵应急连",
    "镇街综合队",
    "危化救援队",
    "社会救援队",
    "矿山救援队",
];
const PLACES: [&str; 16] = [
    "滨江路3号楼",
    "中心小学",
    "沿江一社",
    "响水村三社",
    "镇中学",
    "村委会",
    "码头",
    "羊石片区",
    "敬老院",
    "卫生院",
    "粮站",
    "二社后山",
    "客运站",
    "工业园",
    "便桥",
    "沟口",
];
const TIMES: [&str; 13] = [
    "02:40",
    "06:20",
    "21:40",
    "08-19 03:25",
    "11:45",
    "18:10",
    "23:00",
    "07时",
    "今晚八点",
    "14:30",
    "09:05",
    "明早六点",
    "16时",
];
const COUNTS: [&str; 17] = [
    "20", "3", "146", "12", "409", "8", "60", "75", "2", "38", "121", "5", "1", "310", "17", "44",
    "96",
];

/// Times that each pattern is said.
const ROUNDS: usize = 4;

/// All sentences, for these towns and items (name and unit of count).
pub fn sentences(towns: &[String], items: &[(String, String)]) -> Vec<String> {
    let mut turn = Turn { towns, items, step: 0 };
    let mut sentences = Vec::new();
    for round in 0..ROUNDS {
        for (at, pattern) in PATTERNS.iter().enumerate() {
            let sentence = turn.fill(pattern);
            // Every other sentence is typed without leaving the Latin keyboard for its signs.
            let half = |text: String| text.replace('，', ",").replace('：', ":").replace('；', ";");
            sentences.push(if (at + round) % 2 == 0 { sentence } else { half(sentence) });
        }
    }
    sentences
}

/// Whose turn it is in every list.
struct Turn<'a> {
    towns: &'a [String],
    items: &'a [(String, String)],
    step: usize,
}

impl Turn<'_> {
    fn fill(&mut self, pattern: &str) -> String {
        pattern.chars().map(|char| self.word(char)).collect()
    }

    fn word(&mut self, blank: char) -> String {
        // Seven divides the length of only one list, so the lists fall out of step at once.
        self.step += 7;
        let of = |list: &[&str], step: usize| list[step % list.len()].to_owned();
        match blank {
            '@' => self.towns[self.step % self.towns.len()].clone(),
            '&' => of(&TEAMS, self.step / 7),
            '^' => of(&PLACES, self.step),
            '~' => of(&TIMES, self.step),
            '%' => of(&COUNTS, self.step),
            '#' => {
                let (name, unit) = &self.items[self.step % self.items.len()];
                format!("{name}{}{unit}", of(&COUNTS, self.step))
            }
            other => other.to_string(),
        }
    }
}
