//! What lies above a screen: forms, questions, texts to read, lists to choose from. The topmost
//! one gets the keys. Screens below are drawn first and stay visible around it.

mod complete;
mod drafts;
mod fields;
mod form;
mod form_view;
mod pick;
mod reading;
mod submit;
mod template;
pub mod unlock;

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::Request;

pub use fields::{Field, FieldName, Value};
pub use form::{Form, Purpose};
pub use pick::Pick;
pub use reading::{Reading, Subject};
pub use unlock::Unlock;

use crate::app::{AskId, Effect, Model, Pending};
use crate::keys::{Action, Layer};
use crate::lang::fill;
use crate::paint::clear::clear;
use crate::paint::{list, wrap};

pub use drafts::{
    answer, arrival, count, draft_order, fix, issue_order, movement, operator, plea, proxy_answer,
    search, shipment, signature, withdrawal,
};

/// Something above the screen.
#[derive(Debug)]
pub enum Overlay {
    /// A form to fill in.
    Form(Box<Form>),
    /// A question before something that cannot be undone.
    Confirm(Confirm),
    /// A text to read.
    Reading(Reading),
    /// A place to choose.
    Pick(Pick),
    /// The passphrase.
    Unlock(Unlock),
}

/// Lines of the question before a withdrawal for each of text, reason and complaint.
const CONFIRM_LINES_EACH: usize = 2;

/// The question before an order is withdrawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirm {
    /// The order.
    pub id: SpokenId,
    /// Its text, so that the right one is withdrawn.
    pub text: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub person: Option<String>,
    /// The answer waited for.
    pub sending: Option<AskId>,
    /// What the daemon said against it.
    pub complaint: Option<String>,
}

impl Overlay {
    /// The layer its keys are looked up on.
    pub fn layer(&self) -> Layer {
        match self {
            Overlay::Form(_) => Layer::Form,
            Overlay::Confirm(_) => Layer::Confirm,
            Overlay::Reading(_) => Layer::Reading,
            Overlay::Pick(_) => Layer::Pick,
            Overlay::Unlock(_) => Layer::Unlock,
        }
    }

    /// True if it waits for this answer.
    pub fn waits_for(&self, id: AskId) -> bool {
        match self {
            Overlay::Form(form) => form.sending == Some(id),
            Overlay::Confirm(confirm) => confirm.sending == Some(id),
            Overlay::Unlock(unlock) => unlock.sending == Some(id),
            Overlay::Reading(_) | Overlay::Pick(_) => false,
        }
    }

    /// The draft that it signs.
    pub fn signs(&self) -> Option<SpokenId> {
        let Overlay::Form(form) = self else { return None };
        let Purpose::Sign { id } = form.purpose else { return None };
        Some(id)
    }

    /// Shows what the daemon said against it, so that it can be mended and sent again.
    pub fn complain(&mut self, sentence: String) {
        match self {
            Overlay::Form(form) => {
                form.sending = None;
                form.complaint = Some(sentence);
            }
            Overlay::Confirm(confirm) => {
                confirm.sending = None;
                confirm.complaint = Some(sentence);
            }
            Overlay::Unlock(unlock) => unlock.complain(sentence),
            Overlay::Reading(_) | Overlay::Pick(_) => {}
        }
    }
}

/// Carries out an action on the topmost overlay.
pub fn act(model: &mut Model, action: Action, effects: &mut Vec<Effect>) {
    let Some(mut top) = model.overlays.pop() else { return };
    let stays = match &mut top {
        Overlay::Form(form) => form::act(model, form, action, effects),
        Overlay::Confirm(confirm) => confirm_act(model, confirm, action, effects),
        Overlay::Reading(reading) => reading.act(action, model),
        Overlay::Pick(pick) => pick.act(action, model),
        Overlay::Unlock(unlock) => unlock.act(model, action, effects),
    };
    if stays {
        model.overlays.push(top);
    }
}

/// Gives a key that is no action to the topmost overlay: it is typed.
pub fn type_key(model: &mut Model, key: &KeyEvent) -> bool {
    match model.overlays.last_mut() {
        Some(Overlay::Form(form)) => form.type_key(key),
        Some(Overlay::Pick(pick)) => pick.type_key(key),
        Some(Overlay::Unlock(unlock)) => unlock.type_key(key),
        Some(Overlay::Confirm(_) | Overlay::Reading(_)) | None => false,
    }
}

/// Gives a pasted text to the topmost overlay.
pub fn paste(model: &mut Model, text: &str) {
    match model.overlays.last_mut() {
        Some(Overlay::Form(form)) => form.paste(text),
        Some(Overlay::Unlock(unlock)) => unlock.paste(text),
        Some(Overlay::Confirm(_) | Overlay::Reading(_) | Overlay::Pick(_)) | None => {}
    }
}

fn confirm_act(
    model: &mut Model,
    confirm: &mut Confirm,
    action: Action,
    effects: &mut Vec<Effect>,
) -> bool {
    if action != Action::Confirm || confirm.sending.is_some() {
        return action != Action::Back;
    }
    let (id, reason) = (confirm.id, confirm.reason.clone());
    let request = Request::CancelOrder { id, reason, person: confirm.person.clone() };
    match model.ask(Pending::Save { order: false }, request) {
        Some((ask, effect)) => {
            confirm.sending = Some(ask);
            effects.push(effect);
        }
        None => confirm.complaint = Some(model.text().busy.to_owned()),
    }
    true
}

/// Draws all overlays; gives the caret of the topmost one.
pub fn draw(model: &Model, buffer: &mut Buffer, room: Rect) -> Option<(u16, u16)> {
    let mut caret = None;
    for overlay in &model.overlays {
        caret = match overlay {
            Overlay::Form(form) => form_view::draw(model, form, buffer, room),
            Overlay::Confirm(confirm) => {
                draw_confirm(model, confirm, buffer, room);
                None
            }
            Overlay::Reading(reading) => {
                reading.draw(model, buffer, room);
                None
            }
            Overlay::Pick(pick) => pick.draw(model, buffer, room),
            Overlay::Unlock(unlock) => unlock.draw(model, buffer, room),
        };
    }
    caret
}

/// A cleared and framed popup in the middle of `room`; gives the room inside.
pub fn popup(
    model: &Model,
    buffer: &mut Buffer,
    room: Rect,
    size: (u16, u16),
    title: &str,
) -> Rect {
    let (width, height) = (size.0.min(room.width), size.1.min(room.height));
    let (x, y) = (room.x + (room.width - width) / 2, room.y + (room.height - height) / 2);
    let area = Rect::new(x, y, width, height);
    clear(buffer, area, model.theme.plain);
    model.glyphs.frame(buffer, area, title, model.theme.heading)
}

fn draw_confirm(model: &Model, confirm: &Confirm, buffer: &mut Buffer, room: Rect) {
    let text = model.text();
    let title = fill(text.cancel_title, &[&confirm.id]);
    let area = popup(model, buffer, room, (72, 10), &title);
    let columns = usize::from(area.width);
    let question = fill(text.confirm_cancel, &[&confirm.id]);
    let mut row = 0;
    for line in wrap::lines(&question, columns) {
        list::put(buffer, area, row, line, model.theme.plain);
        row += 1;
    }
    let (named, why) = (&confirm.text, &confirm.reason);
    for said in [format!("{}: {named}", text.f_text), format!("{}: {why}", text.f_reason)] {
        for line in wrap::lines(&said, columns).into_iter().take(CONFIRM_LINES_EACH) {
            list::put(buffer, area, row, line, model.theme.heading);
            row += 1;
        }
    }
    let last = match (&confirm.complaint, confirm.sending) {
        (Some(complaint), _) => complaint.as_str(),
        (None, Some(_)) => text.saving,
        (None, None) => text.confirm_keys,
    };
    let lines = wrap::lines(last, columns);
    let shown = lines.len().min(CONFIRM_LINES_EACH) as u16;
    for (row, line) in (area.height.saturating_sub(shown)..).zip(lines) {
        list::put(buffer, area, row, line, model.theme.alarm);
    }
}
