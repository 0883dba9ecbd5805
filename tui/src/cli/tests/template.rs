//! Order templates: shown, and asked for by their code.

use super::*;

#[test]
fn templates_are_listed_with_their_blanks_in_the_language_of_the_console() {
    let sandbox = Sandbox::at(NOW_MS);
    let zh = run_on(&sandbox, &["order", "templates"]).expect("listed");
    let line = zh.lines().find(|line| line.starts_with("M02")).expect("in its line");
    assert!(line.contains("地点:place 人数:number"), "{line}");
    assert!(line.contains("即赴{地点}接应被困群众{人数}人"), "{line}");
    let en = run_on(&sandbox, &["--lang", "en", "order", "templates"]).expect("listed");
    assert!(en.contains("bring out {人数} trapped people"), "{en}");
}

#[test]
fn an_order_by_template_takes_its_blanks_and_no_text() {
    let sandbox = Sandbox::at(NOW_MS);
    let line = ["order", "send", "--to", "白沙镇", "--template", "M02"];
    let fields = ["--field", "地点=白沙镇", "--field", "20"];
    run_on(&sandbox, &[&line[..], &fields[..]].concat()).expect("sent");
    let Request::SendOrder(draft) = last_asked(&sandbox) else { panic!("an order") };
    assert_eq!((draft.template.as_deref(), draft.text.as_str()), (Some("M02"), ""));
    assert_eq!(draft.fields, ["地点=白沙镇", "20"]);
    for wrong in [
        &["order", "send", "--to", "x"][..],
        &["order", "send", "--to", "x", "--text", "y", "--template", "M02"],
        &["order", "send", "--to", "x", "--text", "y", "--field", "1"],
    ] {
        assert!(matches!(run_on(&sandbox, wrong), Err(CommandError::Usage(_))), "{wrong:?}");
    }
}
