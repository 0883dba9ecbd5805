//! The story of `./demo`: who takes part ([`cast`]), what happens ([`acts`]), and how it is told
//! ([`teller`]). Everything told is read back through the programs' own interfaces.

pub mod acts;
pub mod cast;
pub mod teller;

pub use cast::Cast;
pub use teller::Teller;

use crate::lab::{Lab, equal_pictures};
use crate::trouble::Outcome;

/// Longest time until all four pictures are equal after the last act, over the slow radio.
const EQUAL_WITHIN_S: u64 = 240;

/// Plays the whole story; gives the cast, still on stage.
///
/// # Errors
/// At the first thing that does not come true.
pub fn play(lab: &Lab, teller: &Teller) -> Outcome<Cast> {
    let mut cast = Cast::assemble(lab, teller)?;
    acts::order(&cast, teller)?;
    acts::positions(&cast, teller)?;
    acts::stock(&cast, teller)?;
    acts::cut(&mut cast, teller)?;
    compare(&cast, teller)?;
    Ok(cast)
}

/// Sees that all four machines show the same, and tells their digests.
///
/// # Errors
/// When they still differ at the end of the time.
pub fn compare(cast: &Cast, teller: &Teller) -> Outcome {
    teller.act("四张图是否一致 / are all four pictures equal");
    let picture = equal_pictures(&cast.everyone(), EQUAL_WITHIN_S)?;
    for machine in cast.everyone() {
        let status = machine.status()?;
        let digests = format!("{} / {}", status.digest, status.board_digest);
        teller.tell(machine.name(), &format!("{} 条记录, 摘要 {digests}", status.records));
    }
    let (orders, stock, places) =
        (picture.orders.len(), picture.stock.len(), picture.positions.len());
    teller.tell("四机", &format!("一致:指令 {orders},库存行 {stock},位置 {places} / all equal"));
    tell_air(cast, teller);
    Ok(())
}

/// What the radio carried, per station, as the channel itself counted it.
fn tell_air(cast: &Cast, teller: &Teller) {
    let Ok(counts) = cast.air.counts() else { return };
    let names = [&cast.forward, &cast.team, &cast.depot].map(|machine| machine.name());
    let stations = counts["stations"].as_array().cloned().unwrap_or_default();
    for (name, station) in names.iter().zip(stations) {
        let (frames, bytes) = (&station["sent_frames"], &station["sent_bytes"]);
        let (lost, share) = (&station["lost_frames"], &station["air_permille"]);
        let words = format!("{name} 已发 {frames} 帧 {bytes} 字节,占用 {share} ‰,丢失 {lost} 帧");
        teller.tell("电台", &format!("{words} / sent, share of air time, lost"));
    }
}
