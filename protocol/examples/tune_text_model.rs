//! Looks for better numbers of the text model: `cargo run -p sanduan-protocol --example
//! tune_text_model` leaves every fifth message written by hand out of the table in turn, writes
//! those with what is left, and changes one number at a time as long as that needs fewer bytes.
//! It prints what it finds; a person puts it into `wire/text/tuning.rs`. The held-out messages have
//! no part in it.

use std::io::{Write, stdout};

use sanduan_protocol::wire::text::table::{Passage, Table};
use sanduan_protocol::wire::text::tuning::{PARTS, Tuning, V1};
use sanduan_protocol::wire::text::{Model, encode};

/// The messages of the table begin with those written by hand.
const TRAINING: &str = include_str!("../model/training.txt");
/// Parts into which they are divided.
const FOLDS: usize = 5;

fn main() -> std::io::Result<()> {
    let table = Table::read(include_bytes!("../model/text-v1.bin")).expect("a table");
    let mut best = V1;
    let mut fewest = bytes(&table, best);
    writeln!(stdout(), "{fewest} bytes {best:?}")?;
    let count = neighbours(best).len();
    for at in 0..count {
        let next = neighbours(best)[at];
        let bytes = bytes(&table, next);
        if bytes < fewest {
            (best, fewest) = (next, bytes);
            writeln!(stdout(), "{fewest} bytes {best:?}")?;
        }
    }
    Ok(())
}

/// Bytes of all messages, each written with a model that has not seen it.
fn bytes(table: &Table, tuning: Tuning) -> usize {
    (0..FOLDS).map(|fold| bytes_of_fold(table, tuning, fold)).sum()
}

fn bytes_of_fold(table: &Table, tuning: Tuning, fold: usize) -> usize {
    let by_hand = TRAINING.lines().filter(|line| !line.is_empty() && !line.starts_with("# "));
    let last = by_hand.count();
    let is_left_out = |at: &usize| at < &last && at % FOLDS == fold;
    let mut rest = table.clone();
    rest.passages = (0..table.passages.len())
        .filter(|at| !is_left_out(at))
        .map(|at| table.passages[at].clone())
        .collect();
    let model = Model::tuned(rest, tuning);
    let left_out = (0..table.passages.len()).filter(is_left_out);
    left_out.map(|at| encode(&text(table, &table.passages[at]), &model).len()).sum()
}

fn text(table: &Table, passage: &Passage) -> String {
    passage.symbols.iter().map(|symbol| table.alphabet[usize::from(*symbol) - 2].0).collect()
}

/// The same numbers with one of them changed, always in the same order.
fn neighbours(from: Tuning) -> Vec<Tuning> {
    let mut all = Vec::new();
    let mut add = |change: &dyn Fn(&mut Tuning)| {
        let mut next = from;
        change(&mut next);
        all.push(next);
    };
    for order in 0..from.again.len() {
        for at in 0..3 {
            add(&|t| t.discounts[order][at] = (t.discounts[order][at] + 4).min(PARTS - 1));
            add(&|t| t.discounts[order][at] = t.discounts[order][at].saturating_sub(4).max(1));
        }
        add(&|t| t.again[order] *= 2);
        add(&|t| t.again[order] = (t.again[order] / 2).max(t.again_discounts[order] + 1));
        add(&|t| t.again_discounts[order] = (t.again_discounts[order] + 8).min(t.again[order] - 1));
        add(&|t| t.again_discounts[order] = t.again_discounts[order].saturating_sub(8).max(1));
    }
    add(&|t| t.again_base *= 2);
    add(&|t| t.again_base /= 2);
    for band in 0..6 {
        add(&|t| t.bands[band] *= 2);
        add(&|t| t.bands[band] = (t.bands[band] / 2).max(1));
    }
    all
}
