//! What keys can mean, and on which layer.

use sanduan_protocol::local::request::{MovementKind, Rung};

use crate::app::Screen;
use crate::lang::Lang;

/// What a key means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Show a screen.
    Go(Screen),
    /// The next digit names a screen.
    Prefix,
    /// One row up.
    Up,
    /// One row down.
    Down,
    /// One page up.
    PageUp,
    /// One page down.
    PageDown,
    /// To the first row.
    First,
    /// To the last row.
    Last,
    /// The other list of this screen, or the next field after completing this one.
    Switch,
    /// Look closer at what is selected.
    Open,
    /// Leave what is open; on a screen, drop the filter.
    Back,
    /// Show only rows with a text in them.
    Search,
    /// List the keys.
    Help,
    /// Chinese or English.
    Language,
    /// Give the passphrase, or lock.
    Unlock,
    /// Somebody else is at this device.
    Operator,
    /// Leave the console.
    Quit,
    /// Answer the selected order on this rung.
    Answer(Rung),
    /// Answer it for another unit.
    Proxy,
    /// Write an order, or an alert on the screen of alerts.
    NewOrder,
    /// Write an order that somebody else signs.
    DraftOrder,
    /// Sign the selected draft.
    Sign,
    /// Withdraw the selected order.
    Withdraw,
    /// Show only open orders, or all.
    OpenOnly,
    /// Table or map.
    Map,
    /// Choose from where distances are measured.
    Origin,
    /// Report a position by hand.
    ReportFix,
    /// Show less ground, larger.
    ZoomIn,
    /// Show more ground.
    ZoomOut,
    /// Goods in or out of a depot.
    Move(MovementKind),
    /// Goods to another depot.
    Ship,
    /// Take in the selected waybill.
    Arrive,
    /// Count a depot.
    Count,
    /// Save what the form says.
    Submit,
    /// The next field; save on the last one.
    NextField,
    /// The field before.
    PreviousField,
    /// Do what is asked about.
    Confirm,
}

/// Which table a key is looked up in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// All screens.
    Everywhere,
    /// One screen.
    Screen(Screen),
    /// A list of orders in which a draft is selected.
    Draft,
    /// A form.
    Form,
    /// A question with two answers.
    Confirm,
    /// A text or list to read.
    Reading,
    /// A list to choose from.
    Pick,
    /// The passphrase.
    Unlock,
}

impl Layer {
    /// True for screens, where the keys of `Everywhere` work too.
    pub fn is_screen(self) -> bool {
        matches!(self, Layer::Screen(_) | Layer::Draft)
    }
}

/// One line of a table.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// Names of the keys; the first one is shown.
    pub keys: &'static [&'static str],
    /// What they mean.
    pub action: Action,
    /// The meaning in Chinese.
    pub zh: &'static str,
    /// The meaning in English.
    pub en: &'static str,
    /// Shown in the footer, not only in the help.
    pub in_footer: bool,
}

impl Binding {
    /// The meaning in words.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}
