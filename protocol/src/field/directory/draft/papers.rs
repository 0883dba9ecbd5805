//! Lines of posts, plans, evacuation cards and duty lists become entries.

use crate::base::caps::{CARD_TEXT_BYTES_MAX, TEXT_BYTES_MAX};
use crate::base::ids::{CardId, DutyId, PersonId, PlaceId, PlanId, PostId, UnitId};
use crate::field::directory::draft::desk::{At, Desk, Indexes, People};
use crate::field::directory::draft::{CardDraft, DutyDraft, PlanDraft, PostDraft, Problem, Sheet};
use crate::field::directory::entry::{Entry, PostEntry};
use crate::field::directory::paper::{CardEntry, DutyEntry, PlanEntry, is_day};
use crate::field::text::is_clean;

impl Desk<'_> {
    pub(super) fn posts(
        &mut self,
        drafts: &[PostDraft],
        units: &Indexes<UnitId>,
        people: &People,
    ) -> Indexes<PostId> {
        let known = self.known;
        let mut index = Indexes::of(&known.posts, |post| (post.code.clone(), &post.name));
        for draft in drafts {
            let at = (Sheet::Posts, draft.row);
            let code = self.address(at, "code", &draft.code);
            let name = self.address(at, "name", &draft.name);
            let unit = self.reference(units, at, "unit", &draft.unit);
            let primary = self.person(people, at, "primary", &draft.primary, unit);
            let stand_in = match draft.stand_in.trim() {
                "" => None,
                name => self.person(people, at, "stand_in", name, unit),
            };
            let post: PostId = self.index(&mut index, at, "code", &code);
            index.by_name.insert(name.clone(), post);
            let (Some(unit), Some(primary)) = (unit, primary) else { continue };
            let entry = PostEntry { index: post, code, name, unit, primary, stand_in };
            self.put(known.posts.get(&post), entry, Entry::Post);
        }
        index
    }

    /// A person by name: the one of this unit before all others, else the only one of that name.
    fn person(
        &mut self,
        people: &People,
        at: At,
        column: &'static str,
        name: &str,
        unit: Option<UnitId>,
    ) -> Option<PersonId> {
        let name = name.trim();
        let mut same = people.iter().filter(|(other, ..)| other == name);
        let own = same.clone().find(|(_, of, _)| Some(*of) == unit);
        let (first, second) = (same.next(), same.next());
        match (own, first, second) {
            (Some((.., person)), _, _) | (None, Some((.., person)), None) => return Some(*person),
            (None, Some(_), Some(_)) => self.wrong(at, column, Problem::Several(name.to_owned())),
            (None, None, _) if name.is_empty() => self.wrong(at, column, Problem::Empty),
            (None, None, _) => {
                let shown = name.chars().take(40).collect();
                self.wrong(at, column, Problem::Unknown(shown));
            }
        }
        None
    }

    pub(super) fn plans(&mut self, drafts: &[PlanDraft]) {
        let known = self.known;
        let mut index = Indexes::of(&known.plans, |plan| (plan.code.clone(), &plan.name));
        for draft in drafts {
            let at = (Sheet::Plans, draft.row);
            let code = self.name(at, "code", &draft.code);
            let name = self.name(at, "name", &draft.name);
            let text = self.text(at, "text", &draft.text, TEXT_BYTES_MAX);
            let plan: PlanId = self.index(&mut index, at, "code", &code);
            let entry = PlanEntry { index: plan, code, name, text };
            self.put(known.plans.get(&plan), entry, Entry::Plan);
        }
    }

    pub(super) fn cards(&mut self, drafts: &[CardDraft], places: &Indexes<PlaceId>) {
        let known = self.known;
        let mut index = Indexes::of(&known.cards, |card| (card.code.clone(), &card.code));
        for draft in drafts {
            let at = (Sheet::Cards, draft.row);
            let code = self.name(at, "code", &draft.code);
            let place = self.reference(places, at, "place", &draft.place);
            let card: CardId = self.index(&mut index, at, "code", &code);
            let mut answer = |column, text| self.text(at, column, text, CARD_TEXT_BYTES_MAX);
            let (when, who) = (answer("when", &draft.when), answer("who", &draft.who));
            let (leader, to) = (answer("leader", &draft.leader), answer("to", &draft.to));
            let care = answer("care", &draft.care);
            let Some(place) = place else { continue };
            let people = draft.people;
            let entry = CardEntry { index: card, code, place, people, when, who, leader, to, care };
            self.put(known.cards.get(&card), entry, Entry::Card);
        }
    }

    pub(super) fn duties(
        &mut self,
        drafts: &[DutyDraft],
        posts: &Indexes<PostId>,
        people: &People,
    ) {
        let known = self.known;
        let key = |post: PostId, day: &str, shift: &str| format!("{post} {day} {shift}");
        let mut index = Indexes::of(&known.duties, |duty| {
            (key(duty.post, &duty.day, &duty.shift), &duty.shift)
        });
        for draft in drafts {
            let at = (Sheet::Duties, draft.row);
            let day = self.name(at, "day", &draft.day);
            if !day.is_empty() && !is_day(&day) {
                self.wrong(at, "day", Problem::BadDay);
            }
            let shift = self.name(at, "shift", &draft.shift);
            let Some(post) = self.reference(posts, at, "post", &draft.post) else { continue };
            let unit = self.unit_of(post);
            let person = self.person(people, at, "person", &draft.person, unit);
            let text = key(post, &day, &shift);
            let duty: DutyId = self.index(&mut index, at, "shift", &text);
            let Some(person) = person else { continue };
            let entry = DutyEntry { index: duty, post, day, shift, person };
            self.put(known.duties.get(&duty), entry, Entry::Duty);
        }
    }

    /// The unit of a post, of this import or of the directory.
    fn unit_of(&self, post: PostId) -> Option<UnitId> {
        let read = self.entries.iter().find_map(|entry| match entry {
            Entry::Post(entry) if entry.index == post => Some(entry.unit),
            _ => None,
        });
        read.or_else(|| self.known.posts.get(&post).map(|kept| kept.entry.unit))
    }

    /// A text of several lines, not empty.
    fn text(&mut self, at: At, column: &'static str, text: &str, bytes_max: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.wrong(at, column, Problem::Empty);
        } else if text.len() > bytes_max {
            self.wrong(at, column, Problem::LongText { bytes_max });
        } else if !is_clean(text) {
            self.wrong(at, column, Problem::BadSign);
        }
        text.to_owned()
    }
}

#[cfg(test)]
mod tests;
