//! Check words: a key said aloud in Chinese, over a radio or a telephone, so that two people can
//! tell that nobody changed it on its way. Who compares what is told in [`crate::keys::enrol`].
//!
//! Six groups of two words, 8 bits a word, 96 bits in all: whoever wants another key with the same
//! words must try 2^96 keys. Every word has two characters; no first character is used twice, and
//! no two words sound alike even where n and l, zh and z, f and hu, in and ing are one sound, as
//! around Jiangjin. No word is a place, a number, an order or a kind of relief goods.
//!
//! The table is part of a format: a word changed or moved makes two versions disagree about every
//! key, so it may only grow a second table under a new context.

use crate::keys::suite::Suite;

/// Groups of one reading.
pub const CHECK_GROUPS: usize = 6;

const CONTEXT: &str = "sanduan check words v1";

/// The words of a public key, for reading aloud: six groups of four characters.
pub fn check_words(suite: Suite, public: &[u8; 32]) -> [String; CHECK_GROUPS] {
    let hash = suite.derive_key(CONTEXT, &[public]);
    std::array::from_fn(|group| [word(hash[2 * group]), word(hash[2 * group + 1])].concat())
}

/// True if these are the words of this key, however they were spaced.
pub fn check_words_match(suite: Suite, public: &[u8; 32], said: &str) -> bool {
    let said = said.chars().filter(|character| !character.is_whitespace());
    said.eq(check_words(suite, public).concat().chars())
}

fn word(number: u8) -> &'static str {
    let row = ROWS[usize::from(number >> 4)];
    row.split(' ').nth(usize::from(number & 15)).expect("every row has sixteen words")
}

/// 16 rows of 16 words.
const ROWS: [&str; 16] = [
    "苹果 香蕉 西瓜 葡萄 草莓 樱桃 柠檬 石榴 核桃 花生 芝麻 豆腐 面条 饺子 馒头 包子",
    "月饼 蜂蜜 白糖 酱油 辣椒 生姜 大蒜 萝卜 黄瓜 茄子 土豆 菠菜 芹菜 莲藕 竹笋 木耳",
    "海带 牛奶 咖啡 绿茶 老虎 狮子 熊猫 松鼠 狐狸 骆驼 绵羊 水牛 骏马 小猫 刺猬 袋鼠",
    "企鹅 鲸鱼 乌龟 青蛙 螃蟹 龙虾 蝴蝶 蜻蜓 蚂蚁 蜗牛 孔雀 喜鹊 麻雀 鹦鹉 天鹅 仙鹤",
    "公鸡 太阳 星星 彩虹 春风 朝霞 晚霞 雪花 露珠 沙漠 森林 湖泊 瀑布 贝壳 珍珠 珊瑚",
    "玉石 钢铁 玻璃 陶瓷 丝绸 棉花 羊毛 牡丹 玫瑰 茉莉 杜鹃 百合 柳树 枫叶 银杏 梧桐",
    "葫芦 麦田 稻穗 吉他 二胡 琵琶 喇叭 铃铛 锣鼓 口琴 唱歌 跳舞 画家 书法 象棋 围棋",
    "风筝 气球 陀螺 积木 拼图 篮球 游泳 跑步 滑冰 射箭 登山 钓鱼 秋千 铅笔 毛笔 橡皮",
    "墨水 信封 邮票 日历 词典 杂志 黑板 课桌 台灯 钟表 眼镜 肥皂 牙刷 脸盆 枕头 窗帘",
    "地毯 衣柜 茶壶 饭碗 菜刀 锅盖 蒸笼 冰箱 烤箱 雨伞 手套 皮鞋 衬衫 纽扣 拉链 钥匙",
    "剪刀 针线 螺丝 扫帚 轮船 帆船 飞机 火箭 马车 车轮 灯塔 凉亭 宝塔 长廊 果园 剧院",
    "磁铁 齿轮 农民 渔夫 厨师 裁缝 歌手 诗人 爷爷 奶奶 姐姐 弟弟 朋友 儿童 夏天 元宵",
    "端午 重阳 童话 谜语 成语 对联 年画 红包 糖果 饼干 蛋糕 烧烤 智慧 勤劳 微笑 欢喜",
    "温暖 明亮 柔软 甜蜜 丰收 团圆 快乐 幸福 耳朵 眉毛 肩膀 膝盖 胡须 指甲 拇指 算盘",
    "布鞋 瓷砖 瓦片 油漆 铜锣 琴弦 鼓掌 握手 敬礼 散步 牧羊 养蚕 采茶 播种 插秧 榨油",
    "酿酒 织布 雕刻 泥塑 蘑菇 樟脑 薄荷 枸杞 人参 甘草 山楂 杏仁 板栗 荔枝 榴莲 桑葚",
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::keys::suite::SUITE_0;

    #[test]
    fn there_are_256_words_of_two_characters_with_256_first_characters() {
        let words: Vec<&str> = (0..=255).map(word).collect();
        assert!(ROWS.iter().all(|row| row.split(' ').count() == 16));
        assert!(words.iter().all(|word| word.chars().count() == 2));
        let firsts: BTreeSet<char> = words.iter().filter_map(|word| word.chars().next()).collect();
        assert_eq!(firsts.len(), 256);
    }

    #[test]
    fn no_word_is_another_one_backwards() {
        let words: BTreeSet<String> = (0..=255).map(|n| word(n).to_owned()).collect();
        for word in &words {
            let backwards: String = word.chars().rev().collect();
            assert!(backwards == *word || !words.contains(&backwards), "{word}");
        }
    }

    #[test]
    fn the_words_of_a_known_key_never_change() {
        let words = check_words(SUITE_0, &[0; 32]).join(" ");
        assert_eq!(words, "纽扣拉链 跑步陶瓷 葫芦唱歌 散步松鼠 齿轮灯塔 朋友牛奶");
    }

    #[test]
    fn one_changed_bit_changes_what_is_read() {
        let words = check_words(SUITE_0, &[0; 32]);
        for bit in 0..256 {
            let mut other = [0u8; 32];
            other[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(check_words(SUITE_0, &other), words);
        }
    }

    #[test]
    fn words_match_however_they_are_spaced_and_only_whole() {
        let words = check_words(SUITE_0, &[3; 32]);
        assert!(check_words_match(SUITE_0, &[3; 32], &words.concat()));
        assert!(check_words_match(SUITE_0, &[3; 32], &format!(" {}\n", words.join(" "))));
        assert!(!check_words_match(SUITE_0, &[3; 32], &words[..5].concat()));
        assert!(!check_words_match(SUITE_0, &[4; 32], &words.concat()));
        assert!(!check_words_match(SUITE_0, &[3; 32], ""));
    }
}
