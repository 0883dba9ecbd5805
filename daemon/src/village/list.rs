//! The list of handsets: `number,means,unit,person,role,gateways`, read whole before anything of it
//! is believed.

use std::path::Path;

use sanduan_protocol::base::caps::NAME_BYTES_MAX;
use sanduan_protocol::field::village::handset::{NotTaken, plain_number};
use sanduan_protocol::field::village::{Handset, Registry};
use sanduan_protocol::link::modem::sms::Number;
use sanduan_protocol::local::request::TextMeans;

use crate::import::table::{Mistakes, Row, Table};
use crate::said::Said;

/// Largest number of a BeiDou card: eight digits.
const CARD_MAX: u32 = 99_999_999;

const NEEDED: [&str; 4] = ["number", "unit", "person", "role"];

/// Read it.
///
/// # Errors
/// Everything that is wrong with it, by line.
pub fn read(path: &Path) -> Result<Registry, Said> {
    let mut mistakes = Mistakes::default();
    let mut registry = Registry::default();
    let Some(table) = Table::read(path, &NEEDED, &mut mistakes) else {
        mistakes.into_result()?;
        let shown = path.display();
        return Err(Said::new(
            format!("没有手持机名单 {shown}：按 [village] 的说明建立这个文件"),
            format!("there is no list of handsets {shown}: write it as [village] says"),
        ));
    };
    for row in table.rows() {
        if let Some(handset) = read_row(&row, &mut mistakes) {
            match registry.add(handset) {
                Ok(()) => {}
                Err(NotTaken::Twice) => {
                    mistakes.add(&row, "number", "已在前面出现", "stands above already");
                }
                Err(NotTaken::TooMany) => {
                    mistakes.add(&row, "number", "手持机过多", "is one handset too many");
                }
            }
        }
    }
    mistakes.into_result()?;
    Ok(registry)
}

fn read_row(row: &Row<'_>, mistakes: &mut Mistakes) -> Option<Handset> {
    let means = match row.text("means").as_str() {
        "" | "sms" => TextMeans::Sms,
        "beidou" => TextMeans::Beidou,
        _ => {
            mistakes.add(row, "means", "须为 sms、beidou 或空", "must be sms, beidou or empty");
            return None;
        }
    };
    let number = row.text("number");
    if let Err((zh, en)) = check_number(means, &number) {
        mistakes.add(row, "number", zh, en);
        return None;
    }
    let turn = match row.text("role").as_bytes() {
        [letter @ b'A'..=b'Z'] => letter - b'A',
        _ => {
            let (zh, en) = ("须为 A(先发)、B(候补)等一个字母", "must be A, B or another letter");
            mistakes.add(row, "role", zh, en);
            return None;
        }
    };
    for column in ["unit", "person"] {
        let text = row.text(column);
        if text.is_empty() || text.len() > NAME_BYTES_MAX {
            mistakes.add(
                row,
                column,
                "须填写，最多 40 个汉字",
                "must be filled in, 120 bytes at most",
            );
            return None;
        }
    }
    let gateways = row.text("gateways");
    let gateways = gateways.split('+').map(str::trim).filter(|gateway| !gateway.is_empty());
    Some(Handset {
        means,
        number: plain_number(means, &number),
        unit: row.text("unit"),
        person: row.text("person"),
        turn,
        gateways: gateways.map(str::to_owned).collect(),
    })
}

fn check_number(means: TextMeans, number: &str) -> Result<(), (&'static str, &'static str)> {
    match means {
        TextMeans::Sms if number.parse::<Number>().is_err() => {
            Err(("不是电话号码", "is no telephone number"))
        }
        TextMeans::Beidou if !number.parse().is_ok_and(|card| (1..=CARD_MAX).contains(&card)) => {
            Err(("不是北斗卡号", "is no number of a BeiDou card"))
        }
        TextMeans::Sms | TextMeans::Beidou => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<Registry, Said> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("handsets.csv");
        std::fs::write(&path, text).expect("written");
        read(&path)
    }

    #[test]
    fn a_list_is_read_with_turns_and_gateways_in_order() {
        let text = "number,means,unit,person,role,gateways\n\
            +8613800000002,,响水村,何某,B,T23+EOC\n0455555,beidou,响水村,周某,A,\n";
        let registry = list(text).expect("sound");
        let persons: Vec<(&str, &str, usize)> = registry
            .of_unit("响水村", "")
            .into_iter()
            .map(|handset| {
                (handset.person.as_str(), handset.number.as_str(), handset.gateways.len())
            })
            .collect();
        assert_eq!(persons, [("周某", "455555", 0), ("何某", "13800000002", 2)]);
    }

    #[test]
    fn every_mistake_is_named_by_line_and_nothing_is_taken_in() {
        let head = "number,means,unit,person,role,gateways\n";
        let cases = [
            ("x,,村,人,A,", "不是电话号码"),
            ("13800000001,fax,村,人,A,", "须为 sms"),
            ("13800000001,beidou,村,人,A,", "不是北斗卡号"),
            ("0455555,beidou,村,人,A,\n455555,beidou,村,人,B,", "已在前面出现"),
            ("13800000001,,村,人,AB,", "一个字母"),
            ("13800000001,,,人,A,", "须填写"),
            ("13800000001,,村,人,A,\n8613800000001,,村,人,B,", "已在前面出现"),
        ];
        for (line, want) in cases {
            let said = list(&format!("{head}{line}\n")).expect_err(line);
            assert!(said.zh.contains(want), "{line}: {}", said.zh);
        }
        assert!(list("number,unit\n").expect_err("no role").zh.contains("缺少 person 列"));
        let missing = read(Path::new("/nowhere/handsets.csv")).expect_err("none");
        assert!(missing.zh.contains("没有手持机名单"));
    }
}
