//! Orders by template: the words come with the directory, the order may come before them.

use super::lab::Lab;
use super::made_up::radio;
use crate::field::directory::draft::Import;
use crate::field::directory::template::TemplateDraft;
use crate::local::request::OrderDraft;
use crate::local::{Reply, Request};

fn draft(fields: &[&str]) -> Request {
    Request::SendOrder(OrderDraft {
        to: "U2".into(),
        template: Some("M02".into()),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        ..OrderDraft::default()
    })
}

fn publish(lab: &mut Lab) {
    let template = TemplateDraft {
        row: 2,
        code: "M02".into(),
        zh: "即赴{地点}接应被困群众{人数}人".into(),
        en: String::new(),
        fields: "地点:place 人数:number".into(),
    };
    let import = Import { templates: vec![template], ..Import::default() };
    let now = lab.now();
    let founder = lab.nodes[0].as_mut().expect("it runs");
    let entries = import.entries(&founder.folds.directory).expect("it can be taken");
    founder.publish(vec![entries], now).expect("it is the authority");
    lab.drain(0);
}

fn shown(lab: &mut Lab, node: usize) -> Option<String> {
    match lab.ask_now(node, Request::Orders { open_only: false }) {
        Some(Ok(Reply::Orders { orders })) => orders.first().map(|row| row.text.clone()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_order_by_template_that_overtakes_the_directory_is_shown_and_heals() {
    let mut lab = Lab::new(2, 12);
    lab.join(&[0, 1], &radio(1200));
    lab.run_ms(60_000);
    lab.cut(0, 1, true);
    publish(&mut lab);
    let wrong = lab.ask(0, draft(&["三号楼"]));
    assert!(wrong.is_err(), "a blank is left: {wrong:?}");
    assert!(lab.ask(0, draft(&["三号楼", "20"])).is_ok());
    let words = "即赴三号楼接应被困群众20人";
    assert_eq!(shown(&mut lab, 0).as_deref(), Some(words));
    lab.cut(0, 1, false);
    let mut first = None;
    for _ in 0..1200 {
        lab.run_ms(500);
        first = first.or(shown(&mut lab, 1));
        if shown(&mut lab, 1).as_deref() == Some(words) {
            break;
        }
    }
    // Orders go before the directory, so its words were not there yet; what was filled in was.
    let first = first.expect("the order came");
    assert!(first.contains("模板 1（通讯录未更新）") && first.ends_with("三号楼 20"), "{first}");
    assert_eq!(shown(&mut lab, 1).as_deref(), Some(words));
}
