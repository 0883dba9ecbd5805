//! Everything the console knows and shows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::tz::TimeZone;
use sanduan_protocol::base::geo::Point;
use sanduan_protocol::base::ids::SpokenId;
use sanduan_protocol::local::Request;
use sanduan_protocol::local::rows::OrderState;

use super::effect::{AskId, Effect, Load, Pending};
use super::mirror::{LOG_ROWS_MAX, Mirror};
use crate::feed::FeedError;
use crate::keys::Layer;
use crate::lang::{ConsoleTexts, Lang};
use crate::overlay::Overlay;
use crate::paint::glyph::{BOX, Glyphs};
use crate::paint::list::Cursor;
use crate::paint::theme::Theme;
use crate::screen::orders::selected;

/// Questions that may wait at once. A person causes a few; more is a daemon that hangs.
pub const PENDING_MAX: usize = 64;

/// The screens, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Screen {
    /// 叫应.
    Alert = 1,
    /// 指令.
    Orders = 2,
    /// 位置.
    Track = 3,
    /// 物资.
    Stock = 4,
    /// 报告.
    Report = 5,
    /// 链路.
    Links = 6,
    /// 日志.
    Journal = 7,
}

impl Screen {
    /// All screens in the order of their numbers.
    pub const ALL: [Screen; 7] = [
        Screen::Alert,
        Screen::Orders,
        Screen::Track,
        Screen::Stock,
        Screen::Report,
        Screen::Links,
        Screen::Journal,
    ];

    /// The name of the screen.
    pub fn title(self, text: &ConsoleTexts) -> &'static str {
        match self {
            Screen::Alert => text.alert,
            Screen::Orders => text.orders,
            Screen::Track => text.track,
            Screen::Stock => text.stock,
            Screen::Report => text.report,
            Screen::Links => text.links,
            Screen::Journal => text.journal,
        }
    }
}

/// How the console stands with the daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not reached yet.
    Connecting,
    /// The stream is open.
    Up,
    /// Cut off.
    Lost {
        /// Since when.
        since_ms: u64,
        /// Why.
        reason: FeedError,
    },
}

/// A sentence above the footer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The sentence.
    pub text: String,
    /// True if something went wrong.
    pub alarm: bool,
}

/// Everything the console knows.
#[derive(Debug)]
pub struct Model {
    /// Language of all texts.
    pub lang: Lang,
    /// Styles.
    pub theme: Theme,
    /// Frame glyphs.
    pub glyphs: &'static Glyphs,
    /// Zone of clock times.
    pub zone: TimeZone,
    /// The present moment.
    pub now_ms: u64,
    /// Columns and rows of the window.
    pub size: (u16, u16),
    /// Rows from the daemon.
    pub mirror: Mirror,
    /// How we stand with the daemon.
    pub connection: Connection,
    /// The screen that is shown.
    pub screen: Screen,
    /// The selected row of each screen, by its number less one.
    pub cursors: [Cursor; 7],
    /// The selected waybill.
    pub waybill_cursor: Cursor,
    /// True if the stock screen shows waybills.
    pub waybills_shown: bool,
    /// Show only open orders.
    pub open_only: bool,
    /// What rows must contain, by screen.
    pub filters: [String; 7],
    /// True if the positions are shown as a map.
    pub map_shown: bool,
    /// Zoom steps of the map.
    pub zoom: i8,
    /// From where distances are measured, with its name; the own unit if absent.
    pub origin: Option<(String, Point)>,
    /// What lies above the screen, topmost last.
    pub overlays: Vec<Overlay>,
    /// A sentence above the footer.
    pub notice: Option<Notice>,
    /// `g` was pressed.
    pub prefixed: bool,
    /// The name last given in a form, offered in the next one.
    pub person: String,
    /// What answers are waited for.
    pub pending: BTreeMap<AskId, Pending>,
    /// Loads to repeat because something changed while they were under way.
    pub stale: BTreeSet<Load>,
    /// An order whose answers the daemon would not give; it is not asked for again at once.
    pub detail_refused: Option<SpokenId>,
    /// An order that was issued here and whose row is not known yet.
    pub select_when_heard: Option<SpokenId>,
    next_ask: AskId,
    /// True if the screen must be drawn again.
    pub dirty: bool,
}

impl Model {
    /// An empty console.
    pub fn new(lang: Lang, zone: TimeZone, now_ms: u64) -> Model {
        Model {
            lang,
            theme: Theme::plain(),
            glyphs: &BOX,
            zone,
            now_ms,
            size: (80, 24),
            mirror: Mirror::default(),
            connection: Connection::Connecting,
            screen: Screen::Orders,
            cursors: [Cursor::default(); 7],
            waybill_cursor: Cursor::default(),
            waybills_shown: false,
            open_only: false,
            filters: Default::default(),
            map_shown: false,
            zoom: 0,
            origin: None,
            overlays: Vec::new(),
            notice: None,
            prefixed: false,
            person: String::new(),
            pending: BTreeMap::new(),
            stale: BTreeSet::new(),
            detail_refused: None,
            select_when_heard: None,
            next_ask: 0,
            dirty: true,
        }
    }

    /// Texts in the chosen language.
    pub fn text(&self) -> &'static ConsoleTexts {
        self.lang.console()
    }

    /// Place of the shown screen in arrays.
    pub fn place(&self) -> usize {
        self.screen as usize - 1
    }

    /// The selected row of the shown screen.
    pub fn cursor(&self) -> Cursor {
        self.cursors[self.place()]
    }

    /// What rows of the shown screen must contain.
    pub fn filter(&self) -> &str {
        &self.filters[self.place()]
    }

    /// The layer that keys go to.
    pub fn layer(&self) -> Layer {
        let screen = || {
            let draft = selected(self).is_some_and(|order| order.state == OrderState::Draft);
            if draft { Layer::Draft } else { Layer::Screen(self.screen) }
        };
        self.overlays.last().map_or_else(screen, Overlay::layer)
    }

    /// Says a sentence above the footer.
    pub fn say(&mut self, text: impl Into<String>, alarm: bool) {
        self.notice = Some(Notice { text: text.into(), alarm });
    }

    /// Asks the daemon; `None` if too many questions wait already.
    pub fn ask(&mut self, pending: Pending, request: Request) -> Option<(AskId, Effect)> {
        if self.pending.len() >= PENDING_MAX {
            return None;
        }
        self.next_ask += 1;
        self.pending.insert(self.next_ask, pending);
        Some((self.next_ask, Effect::Ask(self.next_ask, request)))
    }

    /// Asks for rows, once: while they are under way, a further wish only marks them stale.
    pub fn want(&mut self, load: Load, effects: &mut Vec<Effect>) {
        if self.pending.values().any(|pending| *pending == Pending::Load(load.clone())) {
            self.stale.insert(load);
            return;
        }
        let request = match &load {
            Load::Status => Request::Status,
            Load::Bearers => Request::Bearers,
            Load::Peers => Request::Peers,
            Load::Directory => Request::Directory,
            Load::Orders => Request::Orders { open_only: false },
            Load::Detail(id) => Request::Order { id: *id },
            Load::Positions => Request::Positions,
            Load::Stock => Request::Stock { depot: None, item: None },
            Load::Card(item) => Request::StockCard { item: item.clone(), depot: None },
            Load::Waybills => Request::Waybills,
            Load::Journal => Request::Log { after_ms: None, limit: LOG_ROWS_MAX as u32 },
            Load::Outbox => Request::Outbox,
        };
        if let Some((_, effect)) = self.ask(Pending::Load(load), request) {
            effects.push(effect);
        }
    }
}
