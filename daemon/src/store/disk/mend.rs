//! What of journal and query store was damaged is made whole again from the other of the two: at
//! opening, and when a scrub finds it.

use super::*;
use crate::store::scrub::Step;

impl DiskStore {
    /// Make a journal that lost something complete again, as far as the query store knows. True
    /// if done.
    pub(super) fn mend(
        &mut self,
        query: &dyn QueryStore,
        marked: Option<Place>,
    ) -> Result<bool, StoreFault> {
        let behind = marked.is_some_and(|place| !self.journal.reaches(place));
        if !behind && self.journal.damage().is_empty() && self.journal.cut().is_none() {
            return Ok(false);
        }
        let lost = self.journal.damage().iter().any(|damage| Some(damage.place) >= marked);
        let mut pairs: BTreeMap<Vec<u8>, Vec<u8>> = self.journal.live()?.into_iter().collect();
        // It has been brought up to date, so its values are the newest. It gets nothing that
        // was not confirmed, so what it holds beyond a torn end had been confirmed.
        let mut missing = false;
        let held: BTreeMap<Vec<u8>, Vec<u8>> = query.load()?.into_iter().collect();
        if marked.is_some() {
            // What it does not hold went, and the journal lost the word of that.
            let count = pairs.len();
            pairs.retain(|key, _| held.contains_key(key));
            missing |= pairs.len() < count;
        }
        for (key, value) in held {
            missing |= pairs.insert(key, value.clone()).as_ref() != Some(&value);
        }
        if !behind && !missing && self.journal.damage().is_empty() {
            return Ok(false);
        }
        let pairs: Vec<Pair> = pairs.into_iter().collect();
        match self.journal.replace_by(&pairs, marked.map_or(0, |place| place.segment)) {
            Ok(()) => {}
            Err(fault) if behind => return Err(fault.without_fallback()),
            Err(fault) => {
                tracing::warn!(
                    %fault,
                    "日志暂未修复，下次启动再试 / the journal is not mended yet; the next start \
                     tries again"
                );
                return Ok(false);
            }
        }
        if lost {
            tracing::warn!(
                "日志已重写；损坏处若有查询库没有的内容，须由同伴补齐 / the journal was rewritten; \
                 what the query store did not hold of the damaged bytes must come from peers"
            );
        } else {
            tracing::warn!(
                "日志已从查询库补齐，没有丢失内容 / the journal was completed from the query \
                 store; nothing is lost"
            );
        }
        Ok(true)
    }

    pub(super) fn rebuild(&mut self, why: &str) -> Result<(), StoreFault> {
        if let Some(query) = self.query.take() {
            query.close();
        }
        let aside = aside::set_aside(&self.folder, self.engine, self.stamp_ms)?;
        tracing::warn!(
            why,
            kept_as = %aside.display(),
            "查询库损坏，正从日志重建 / the query store is damaged and is rebuilt from the journal"
        );
        self.open_query()
    }

    /// One step of the scrub that goes on, if there is one and its moment has come.
    pub(super) fn scrub_on(&mut self) -> Result<(), StoreFault> {
        let Some(query) = self.query.as_deref() else { return Ok(()) };
        let before = self.scrub.row().found;
        let fault = match self.scrub.step(&self.upkeep, &self.journal, query) {
            Step::Rests => return Ok(()),
            Step::Sound => None,
            Step::Journal(damage) => {
                for Damage { place, bytes } in damage.iter().take(DAMAGE_NAMED) {
                    tracing::warn!(
                        segment = place.segment,
                        offset = place.offset,
                        bytes,
                        "巡检发现日志段损坏 / a scrub found a journal segment damaged"
                    );
                }
                self.journal.note_damage(damage);
                self.heal_journal().err()
            }
            Step::Query(why) => self.rebuild(&why).err(),
        };
        if self.scrub.row().found > before {
            match &fault {
                None => tracing::warn!(
                    "损坏已由另一份补齐，没有丢失内容 / the damage was healed from the other copy; \
                     nothing is lost"
                ),
                Some(fault) => tracing::error!(
                    %fault,
                    "损坏未能补齐，重启后由同伴补齐 / the damage could not be healed; after a restart \
                     peers fill in what is lost"
                ),
            }
        }
        self.scrub.settled(fault.is_none(), &self.upkeep);
        match fault {
            // Without room it stays as it is, and the next one finds it again.
            None | Some(StoreFault::Full { .. }) => Ok(()),
            Some(fault) => Err(fault),
        }
    }

    /// The query store holds all that the journal held: it is written anew from there.
    fn heal_journal(&mut self) -> Result<(), StoreFault> {
        let Some(query) = &self.query else { return Err(StoreFault::Poisoned) };
        query.checkpoint(self.journal.end())?;
        let pairs = query.load()?;
        self.journal.replace_by(&pairs, 0)?;
        query.checkpoint(self.journal.end())
    }
}

#[cfg(test)]
mod tests;
