//! The bytes of one page of a snapshot. All of it is one arithmetic code (`wire::adaptive`) whose
//! columns are learnt while they are told:
//!
//! ```text
//! page:     lanes N | lanes … | items N | items … | depots N | depots …
//! lane:     author less the one before N | first life F [incarnation flat 256] | seq N
//! items:    every item of the page, once: the first N, then less the one before less 1 N
//! depot:    less the one before less 1 N (the first less 1) | counted F [minutes N] | rows C
//!           | for each item of the page whether it lies here | amounts …
//! lies:     as likely as its weight (1 and 1 for each depot that had it) times the rows that are
//!           to come, out of the weight of all items to come
//! amount:   as the last of this item F, if there was one | else C: negative F | whole units F
//!           | whole: tens S, mantissa N: mantissa × 10^tens units | thousandths N
//! N, F, C:  `Number`, `Flag`, `Choice`, each column its own; S: one of four
//! ```
//!
//! Zeros at the end are not sent, so the code has no length of its own: it ends with the record.

use crate::base::caps::{
    SNAPSHOT_BASIS_MAX, SNAPSHOT_DEPOTS_MAX, SNAPSHOT_ITEMS_MAX, SNAPSHOT_ROWS_MAX,
};
use crate::base::ids::{DepotId, DeviceId, ItemId, Lane, LaneId};
use crate::base::quantity::{QUANTITY_SCALE, Quantity};
use crate::field::stock::snapshot::{DepotRows, Snapshot};
use crate::wire::adaptive::{Choice, Flag, Number, Teller};
use crate::wire::pack::PackError;
use crate::wire::text::coder::{Reader, Writer};

/// Zeros of an amount that are not written out: up to this, exclusive.
const TENS_END: usize = 4;

impl Snapshot {
    /// The bytes of a page that passes [`Snapshot::check`].
    pub fn packed(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        page(&mut writer, self).expect("a page that passes its check has bytes");
        writer.finish()
    }

    /// The page of these bytes.
    ///
    /// # Errors
    /// They are none.
    pub fn unpack_all(bytes: &[u8]) -> Result<Snapshot, PackError> {
        let empty = Snapshot { basis: Vec::new(), depots: Vec::new() };
        let page = page(&mut Reader::new(bytes), &empty)?;
        page.check()?;
        Ok(page)
    }
}

fn page<T: Teller>(teller: &mut T, page: &Snapshot) -> Result<Snapshot, PackError> {
    let basis = basis(teller, &page.basis)?;
    let items = items(teller, &page.items())?;
    let mut columns = Columns::of(items);
    let count = counted(teller, page.depots.len(), SNAPSHOT_DEPOTS_MAX)?;
    let mut depots = Vec::with_capacity(count);
    let (mut before, mut rows_left) = (0, SNAPSHOT_ROWS_MAX);
    for place in 0..count {
        let depot = columns.depot(teller, page.depots.get(place), &mut before, rows_left)?;
        rows_left -= depot.rows.len();
        depots.push(depot);
    }
    Ok(Snapshot { basis, depots })
}

/// How many follow.
fn counted(teller: &mut impl Teller, count: usize, max: usize) -> Result<usize, PackError> {
    let count = Number::default().tell(teller, count as u64);
    if count > max as u64 { Err(PackError::TooLong) } else { Ok(count as usize) }
}

fn basis(
    teller: &mut impl Teller,
    lanes: &[(LaneId, u32)],
) -> Result<Vec<(LaneId, u32)>, PackError> {
    let count = counted(teller, lanes.len(), SNAPSHOT_BASIS_MAX)?;
    let (mut steps, mut lives, mut seqs) = (Number::default(), Flag::default(), Number::default());
    let mut told = Vec::with_capacity(count);
    let mut before = 0;
    for place in 0..count {
        let (lane, seq) = lanes.get(place).map_or((None, 0), |(lane, seq)| (Some(lane), *seq));
        let author = lane.map_or(before, |lane| lane.author.0);
        let author = step(&mut steps, teller, before, author)?;
        let incarnation = lane.map_or(0, |lane| lane.incarnation);
        let incarnation = match lives.tell(teller, incarnation == 0) {
            true => 0,
            false => teller.flat(u64::from(incarnation), 256) as u8,
        };
        let seq = seqs.tell(teller, u64::from(seq));
        let seq = u32::try_from(seq).map_err(|_| PackError::BadValue("basis"))?;
        before = author;
        told.push((LaneId { author: DeviceId(author), incarnation, lane: Lane::Stock }, seq));
    }
    Ok(told)
}

fn items(teller: &mut impl Teller, items: &[ItemId]) -> Result<Vec<ItemId>, PackError> {
    let count = counted(teller, items.len(), SNAPSHOT_ITEMS_MAX)?;
    let mut steps = Number::default();
    let mut told = Vec::with_capacity(count);
    let mut next = 0;
    for place in 0..count {
        let item = items.get(place).map_or(next, |item| item.0);
        let item = step(&mut steps, teller, next, item)?;
        told.push(ItemId(item));
        next = item.saturating_add(1);
    }
    Ok(told)
}

/// An index that is not below another.
fn step(
    steps: &mut Number,
    teller: &mut impl Teller,
    from: u16,
    index: u16,
) -> Result<u16, PackError> {
    let by = steps.tell(teller, u64::from(index.saturating_sub(from)));
    u16::try_from(by).ok().and_then(|by| from.checked_add(by)).ok_or(PackError::BadValue("index"))
}

/// One item of the page, as far as it was told.
struct Column {
    item: ItemId,
    /// One, and one for each depot that had it.
    weight: u64,
    /// The last amount of it, in thousandths.
    last: Option<i64>,
}

/// What the depots before have shown.
struct Columns {
    items: Vec<Column>,
    steps: Number,
    is_counted: Flag,
    minutes: Number,
    row_counts: Choice,
    fresh_counts: Number,
    /// Whether an amount is that which the item had last, by whether it was the time before.
    again: [Flag; 2],
    was_again: bool,
    amounts: Choice,
    fresh: Amounts,
}

impl Columns {
    fn of(items: Vec<ItemId>) -> Columns {
        let items = items.into_iter().map(|item| Column { item, weight: 1, last: None });
        Columns {
            items: items.collect(),
            steps: Number::default(),
            is_counted: Flag::default(),
            minutes: Number::default(),
            row_counts: Choice::default(),
            fresh_counts: Number::default(),
            again: [Flag::default(), Flag::default()],
            was_again: false,
            amounts: Choice::default(),
            fresh: Amounts::default(),
        }
    }

    /// The next depot; `next` is the lowest index that it can have.
    fn depot<T: Teller>(
        &mut self,
        teller: &mut T,
        meant: Option<&DepotRows>,
        next: &mut u16,
        rows_max: usize,
    ) -> Result<DepotRows, PackError> {
        let depot = meant.map_or(*next, |depot| depot.depot.0);
        let depot = step(&mut self.steps, teller, *next, depot)?;
        *next = depot.saturating_add(1);
        let minutes = meant.and_then(|depot| depot.counted_min);
        let counted_min = match self.is_counted.tell(teller, minutes.is_some()) {
            true => {
                let minutes = self.minutes.tell(teller, u64::from(minutes.unwrap_or_default()));
                Some(u32::try_from(minutes).map_err(|_| PackError::BadValue("minutes"))?)
            }
            false => None,
        };
        let rows = meant.map_or(&[][..], |depot| &depot.rows);
        let fresh_counts = &mut self.fresh_counts;
        let count = self.row_counts.tell(teller, rows.len() as u64, None, |teller, count| {
            Ok::<_, PackError>(fresh_counts.tell(teller, count))
        })?;
        let fits = usize::try_from(count)
            .is_ok_and(|count| (1..=self.items.len().min(rows_max)).contains(&count));
        if !fits {
            return Err(PackError::BadValue("rows"));
        }
        let places = self.present(teller, rows, count as usize);
        let mut told = Vec::with_capacity(places.len());
        for (row, place) in places.into_iter().enumerate() {
            let milli = rows.get(row).map_or(0, |(_, amount)| amount.0);
            let milli = self.amount(teller, place, milli)?;
            told.push((self.items[place].item, Quantity(milli)));
        }
        Ok(DepotRows { depot: DepotId(depot), counted_min, rows: told })
    }

    /// Which of the items lie here: `count` of them, at least one and no more than there are.
    fn present(
        &mut self,
        teller: &mut impl Teller,
        rows: &[(ItemId, Quantity)],
        count: usize,
    ) -> Vec<usize> {
        let mut weight_left: u64 = self.items.iter().map(|column| column.weight).sum();
        let mut items_left = self.items.len();
        let mut places = Vec::with_capacity(count);
        let mut meant = rows.iter().map(|(item, _)| *item).peekable();
        for (place, column) in self.items.iter_mut().enumerate() {
            let rows_left = count - places.len();
            if rows_left == 0 {
                break;
            }
            let is_meant = meant.next_if_eq(&column.item).is_some();
            let yes = (rows_left as u64 * column.weight).clamp(1, weight_left.max(2) - 1);
            let lies = items_left == rows_left
                || teller.slot(usize::from(is_meant), &[weight_left - yes, yes]) == 1;
            weight_left -= column.weight;
            items_left -= 1;
            if lies {
                column.weight += 1;
                places.push(place);
            }
        }
        places
    }

    fn amount<T: Teller>(
        &mut self,
        teller: &mut T,
        place: usize,
        milli: i64,
    ) -> Result<i64, PackError> {
        let last = self.items[place].last;
        if let Some(last) = last {
            let again = &mut self.again[usize::from(self.was_again)];
            self.was_again = again.tell(teller, milli == last);
            if self.was_again {
                return Ok(last);
            }
        }
        let fresh = &mut self.fresh;
        let told = self.amounts.tell(teller, key(milli), last.map(key), |teller, value| {
            fresh.tell(teller, milli_of(value)).map(key)
        })?;
        self.items[place].last = Some(milli_of(told));
        Ok(milli_of(told))
    }
}

/// An amount as the number by which it is found again.
fn key(milli: i64) -> u64 {
    milli.cast_unsigned()
}

fn milli_of(key: u64) -> i64 {
    key.cast_signed()
}

/// Amounts not told before.
#[derive(Default)]
struct Amounts {
    is_negative: Flag,
    is_whole: Flag,
    tens: [Flag; 2],
    mantissa: Number,
    thousandths: Number,
}

impl Amounts {
    fn tell(&mut self, teller: &mut impl Teller, milli: i64) -> Result<i64, PackError> {
        let scale = QUANTITY_SCALE.unsigned_abs();
        let size = milli.unsigned_abs();
        let is_negative = self.is_negative.tell(teller, milli < 0);
        let told = match self.is_whole.tell(teller, size.is_multiple_of(scale)) {
            false => i128::from(self.thousandths.tell(teller, size)),
            true => {
                let mut mantissa = size / scale;
                let mut tens = 0;
                while tens + 1 < TENS_END && mantissa != 0 && mantissa.is_multiple_of(10) {
                    (mantissa, tens) = (mantissa / 10, tens + 1);
                }
                let high = self.tens[0].tell(teller, tens & 2 == 2);
                let low = self.tens[1].tell(teller, tens & 1 == 1);
                let tens = u32::from(high) << 1 | u32::from(low);
                let mantissa = i128::from(self.mantissa.tell(teller, mantissa));
                mantissa * 10i128.pow(tens) * i128::from(QUANTITY_SCALE)
            }
        };
        let told = if is_negative { -told } else { told };
        i64::try_from(told).map_err(|_| PackError::BadValue("quantity"))
    }
}
