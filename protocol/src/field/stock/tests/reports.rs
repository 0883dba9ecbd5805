//! What snapshots show to a node whose records are not all here.

use super::*;
use crate::base::dice::Dice;
use crate::field::stock::snapshot::take;

/// A node: what it holds of each lane, in order.
#[derive(Default)]
struct Desk {
    ledger: Ledger,
    reports: Reports,
    heads: BTreeMap<LaneId, u32>,
}

impl Desk {
    fn hear(&mut self, written: &Written) {
        take(&mut self.ledger, written, true);
        self.note(written.id);
    }

    fn note(&mut self, id: RecordId) {
        let head = self.heads.entry(id.lane).or_default();
        assert_eq!(*head + 1, id.seq, "lanes go in order");
        *head = id.seq;
    }

    fn read(&mut self, page: &Page) {
        let person = Person::Nobody;
        let (id, at, body) = (page.id, page.at, &page.body);
        self.reports.apply(&Placed { id, at, person: &person, body });
    }

    fn snapshot(&self, pens: &mut Pens, author: u16) -> Vec<Page> {
        let now_ms = pens.clock_ms;
        let pages = take::pages(&self.ledger, |_| true, &self.heads, lane(author), now_ms);
        let pages = pages.into_iter().map(|page| {
            // The body goes by another way than those of the ledger.
            let seq = pens.seqs.entry(author).or_default();
            *seq += 1;
            pens.clock_ms += 1000;
            let at = Hlc { wall_ms: pens.clock_ms, count: 0 };
            let body = Snapshot::unpack_all(&page.packed()).expect("a sound page");
            Page { id: lane(author).at(*seq), at, body }
        });
        pages.collect()
    }

    fn rows(&self) -> Vec<StockRow> {
        let held = |lane| self.heads.get(&lane).copied().unwrap_or(0);
        self.reports.rows(&self.ledger, &Signs, (None, None), &held)
    }

    /// On hand of every row that shows, and whether somebody told it.
    fn shown(&self) -> BTreeMap<(DepotId, ItemId), (Quantity, bool)> {
        let rows = self.rows().into_iter();
        rows.map(|row| ((row.depot, row.item), (row.on_hand, row.reported.is_some()))).collect()
    }
}

struct Page {
    id: RecordId,
    at: Hlc,
    body: Snapshot,
}

/// Custodians 2 and 3 keep their depots; device 1 is the centre.
fn history(pens: &mut Pens) -> Vec<Written> {
    let opening = pens.write(2, moved(MovementKind::Opening, BAISHA, &[line(VEST, 200)]));
    let beds = pens.write(3, moved(MovementKind::Opening, ZHUYANG, &[line(BED, 40)]));
    let lent = pens.write(2, moved(MovementKind::Issue, BAISHA, &[line(VEST, 30)]));
    let road = pens.write(2, shipped(BAISHA, ZHUYANG, &[line(VEST, 20)]));
    let came = pens.write(3, arrived(&road, ZHUYANG, &[(VEST, 18, 1)]));
    let found = pens.write(3, counted(ZHUYANG, BED, 39, &[]));
    vec![opening, beds, lent, road, came, found]
}

#[test]
fn a_wiped_node_shows_what_the_author_told_and_whose_word_it_is() {
    let (mut pens, mut centre, mut wiped) = (Pens::default(), Desk::default(), Desk::default());
    history(&mut pens).iter().for_each(|written| centre.hear(written));
    let pages = centre.snapshot(&mut pens, 1);
    pages.iter().for_each(|page| wiped.read(page));
    let told: Vec<(String, String)> =
        wiped.rows().iter().map(|row| (row.item_name.clone(), row.on_hand.to_string())).collect();
    let told: Vec<(&str, &str)> = told.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(told, [("救生衣", "150"), ("救生衣", "18"), ("折叠床", "39")]);
    let row = wiped.rows().remove(0);
    let reported = row.reported.expect("the word of device 1");
    assert_eq!((reported.by.as_str(), reported.at_ms), ("单位1", pages[0].at.wall_ms));
    assert_eq!(row.counted_ms, None, "nobody counted vests");
    let both = wiped.rows().remove(2);
    assert_eq!(both.counted_ms, None, "vests of the same depot were never counted");
    assert!(centre.rows().iter().all(|row| row.reported.is_none()), "the author has the records");
}

#[test]
fn movements_that_the_snapshot_had_seen_count_once_in_whatever_order_they_come() {
    for seed in 0..200 {
        let (mut pens, mut centre, mut wiped) = (Pens::default(), Desk::default(), Desk::default());
        let records = history(&mut pens);
        records.iter().for_each(|written| centre.hear(written));
        let truth = centre.shown();
        centre.snapshot(&mut pens, 1).iter().for_each(|page| wiped.read(page));
        let mut dice = Dice::new(seed);
        let mut queues: BTreeMap<LaneId, Vec<&Written>> = BTreeMap::new();
        for written in records.iter().rev() {
            queues.entry(written.id.lane).or_default().push(written);
        }
        while !queues.is_empty() {
            let nth = dice.below(queues.len() as u64) as usize;
            let lane = *queues.keys().nth(nth).expect("one of them");
            let queue = queues.get_mut(&lane).expect("it is there");
            wiped.hear(queue.pop().expect("no queue is empty"));
            if queue.is_empty() {
                queues.remove(&lane);
            }
            let on_hand = |shown: &BTreeMap<_, (Quantity, bool)>| -> Vec<Quantity> {
                shown.values().map(|(on_hand, _)| *on_hand).collect()
            };
            assert_eq!(on_hand(&wiped.shown()), on_hand(&truth), "seed {seed}");
        }
        assert_eq!(wiped.shown(), truth, "seed {seed}: the records are here, nobody's word counts");
    }
}

#[test]
fn what_came_after_the_snapshot_counts_on_top() {
    let (mut pens, mut centre, mut wiped) = (Pens::default(), Desk::default(), Desk::default());
    let records = history(&mut pens);
    records.iter().for_each(|written| centre.hear(written));
    let pages = centre.snapshot(&mut pens, 1);
    let issued = pens.write(2, moved(MovementKind::Issue, BAISHA, &[line(VEST, 7)]));
    pages.iter().for_each(|page| wiped.read(page));
    records.iter().filter(|written| written.id.lane == lane(2)).for_each(|w| wiped.hear(w));
    wiped.hear(&issued);
    assert_eq!(wiped.shown()[&(BAISHA, VEST)], (Quantity::units(143), true));
    records.iter().filter(|written| written.id.lane == lane(3)).for_each(|w| wiped.hear(w));
    assert_eq!(wiped.shown()[&(BAISHA, VEST)], (Quantity::units(143), false));
}

#[test]
fn a_count_after_the_snapshot_is_believed_and_not_the_snapshot() {
    let (mut pens, mut centre, mut wiped) = (Pens::default(), Desk::default(), Desk::default());
    let opening = pens.write(2, moved(MovementKind::Opening, BAISHA, &[line(VEST, 200)]));
    let other = pens.write(3, moved(MovementKind::Receive, BAISHA, &[line(VEST, 10)]));
    centre.hear(&opening);
    centre.hear(&other);
    centre.snapshot(&mut pens, 1).iter().for_each(|page| wiped.read(page));
    wiped.hear(&opening);
    let count = pens.write(2, counted(BAISHA, VEST, 203, &[(3, 1)]));
    wiped.hear(&count);
    assert_eq!(wiped.shown()[&(BAISHA, VEST)], (Quantity::units(203), false));
}

#[test]
fn the_newer_snapshot_of_a_row_is_shown_whichever_came_first() {
    let (mut pens, mut centre) = (Pens::default(), Desk::default());
    centre.hear(&pens.write(2, moved(MovementKind::Opening, BAISHA, &[line(VEST, 200)])));
    let older = centre.snapshot(&mut pens, 1);
    centre.hear(&pens.write(2, moved(MovementKind::Issue, BAISHA, &[line(VEST, 50)])));
    let newer = centre.snapshot(&mut pens, 1);
    for pages in [[&older, &newer], [&newer, &older]] {
        let mut wiped = Desk::default();
        pages.into_iter().flatten().for_each(|page| wiped.read(page));
        assert_eq!(wiped.shown()[&(BAISHA, VEST)], (Quantity::units(150), true));
    }
}

#[test]
fn a_snapshot_says_nothing_of_depots_that_its_author_may_not_tell_of() {
    let (mut pens, mut centre) = (Pens::default(), Desk::default());
    history(&mut pens).iter().for_each(|written| centre.hear(written));
    let pages = take::pages(&centre.ledger, |depot| depot == ZHUYANG, &centre.heads, lane(3), 0);
    let depots: Vec<DepotId> = pages[0].depots.iter().map(|rows| rows.depot).collect();
    assert_eq!((pages.len(), depots), (1, vec![ZHUYANG]));
    // Its own lane is told by where the page stands.
    assert_eq!(pages[0].basis, [(lane(2), 3)]);
}

#[test]
fn a_district_that_fits_no_page_goes_on_several_and_each_row_stands_on_one() {
    let (mut pens, mut centre, mut wiped) = (Pens::default(), Desk::default(), Desk::default());
    let mut dice = Dice::new(7);
    for depot in 1..=300u16 {
        let mut lines = Vec::new();
        for item in 1..=20 {
            if dice.below(2) == 0 {
                lines.push(line(ItemId(item), 1 + dice.below(5_000) as i64));
            }
        }
        if !lines.is_empty() {
            let opening = moved(MovementKind::Opening, DepotId(depot), &lines);
            centre.hear(&pens.write(depot, opening));
        }
    }
    let pages = centre.snapshot(&mut pens, 1000);
    assert!(pages.len() > 2, "{}", pages.len());
    pages.iter().for_each(|page| wiped.read(page));
    let on_hand = |desk: &Desk| -> Vec<_> {
        desk.shown().into_iter().map(|(key, (on_hand, _))| (key, on_hand)).collect()
    };
    assert_eq!(on_hand(&wiped), on_hand(&centre));
}
