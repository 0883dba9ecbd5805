//! Who is there on the ad hoc network, who calls whom, and which of two connections is kept.
//! Events and time go in, calls and closings come out; no socket and no clock in here.
//!
//! ```text
//!          due                 connected
//!   Away ───────▶ Dialling ─────────────────▶ Linked
//!    ▲  ▲             │ in vain                  │ lost
//!    │  └────pause────┘                          │
//!    └───────────────────────────────────────────┘
//! ```
//!
//! Discovery is often one-sided, so both sides call; the one with the larger id waits three
//! seconds, and nearly always finds itself called by then.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use libp2p::PeerId;
use libp2p::swarm::ConnectionId;
use sanduan_protocol::base::dice::Dice;

use super::pause::Pause;

/// Peers that are remembered at once. More than links, because strangers are among them.
pub const PEERS_MAX: usize = 128;
/// Addresses kept of one peer: a wire, a radio, and what they were before the last move.
pub const ADDRESSES_MAX: usize = 4;
/// The side with the larger id calls so much later (research, stack 3).
const LATE_MS: u64 = 3_000;
/// Two connections made within this time crossed each other; a later one replaces a dead one.
const CROSSED_MS: u64 = 5_000;
/// A connection that lasted so long was a working one.
const LASTED_MS: u64 = 10_000;
/// Spread of calls that would else happen at the same moment.
const SPREAD_MS: u64 = 200;
/// One of us that was not seen for so long is forgotten, and its link closed: three days.
pub const FORGET_MS: u64 = 3 * 24 * 3_600_000;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// Call this peer at one of its addresses.
    Dial(PeerId, Vec<SocketAddr>),
    /// Call whoever answers at an address from the configuration.
    DialStatic(SocketAddr),
    /// It has not been seen for very long: its link may be closed.
    Forget(PeerId),
}

/// What to do with a connection that was just made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Keep it.
    Keep,
    /// Keep it, and close the one before it.
    Replace(ConnectionId),
    /// Close it: there is another, or no room.
    Refuse,
}

/// All peers of one bearer.
#[derive(Debug)]
pub struct Peers {
    own: PeerId,
    dice: Dice,
    known: BTreeMap<PeerId, Peer>,
    statics: Vec<Static>,
}

#[derive(Debug)]
struct Peer {
    /// The newest first.
    addresses: Vec<SocketAddr>,
    /// It has said that it is one of us, over a connection of our network.
    is_member: bool,
    state: State,
    forget_ms: u64,
}

#[derive(Clone, Copy, Debug)]
enum State {
    Away(Pause),
    Dialling(Pause),
    Linked { connection: ConnectionId, by_us: bool, since_ms: u64, before: Pause },
}

/// An address from the configuration.
#[derive(Debug)]
struct Static {
    address: SocketAddr,
    /// Who answered there last; then it is called as that peer.
    peer: Option<PeerId>,
    is_dialling: bool,
    /// We answered ourselves: one configuration may serve all machines.
    is_ours: bool,
    pause: Pause,
}

impl Peers {
    /// Nobody is known but the addresses of the configuration.
    pub fn new(own: PeerId, statics: &[SocketAddr], dice: Dice, now_ms: u64) -> Peers {
        let fixed = |address: &SocketAddr| Static {
            address: *address,
            peer: None,
            is_dialling: false,
            is_ours: false,
            pause: Pause::new(now_ms, 0),
        };
        let statics = statics.iter().map(fixed).collect();
        Peers { own, dice, known: BTreeMap::new(), statics }
    }

    /// One of us from the time before the start; last seen `age_ms` ago.
    pub fn remember(&mut self, id: PeerId, addresses: &[SocketAddr], age_ms: u64, now_ms: u64) {
        let wait_ms = self.wait_ms(id);
        if age_ms >= FORGET_MS || !self.make_room(id, now_ms, wait_ms) {
            return;
        }
        let Some(peer) = self.known.get_mut(&id) else { return };
        peer.is_member = true;
        peer.forget_ms = now_ms + FORGET_MS - age_ms;
        for address in addresses.iter().rev() {
            peer.add(*address);
        }
    }

    /// A peer announced itself. Said again it is as good as the first time: it is there.
    pub fn discovered(&mut self, id: PeerId, address: SocketAddr, now_ms: u64) {
        let wait_ms = self.wait_ms(id);
        if id == self.own || !self.make_room(id, now_ms, wait_ms) {
            return;
        }
        self.claim(id, address);
        let Some(peer) = self.known.get_mut(&id) else { return };
        peer.add(address);
        if let State::Away(pause) = &mut peer.state {
            pause.hurry(now_ms, wait_ms);
        }
    }

    /// An announcement ran out. One of us stays in the book, because announcements get lost.
    pub fn expired(&mut self, id: PeerId, address: SocketAddr) {
        let Some(peer) = self.known.get_mut(&id) else { return };
        if peer.is_member {
            return;
        }
        peer.addresses.retain(|known| *known != address);
        if peer.addresses.is_empty() && matches!(peer.state, State::Away(_)) {
            self.known.remove(&id);
        }
    }

    /// A connection was made; `dialled` is the address if it was us who called.
    pub fn connected(
        &mut self,
        id: PeerId,
        connection: ConnectionId,
        dialled: Option<SocketAddr>,
        now_ms: u64,
    ) -> Verdict {
        for fixed in self.statics.iter_mut().filter(|fixed| Some(fixed.address) == dialled) {
            (fixed.peer, fixed.is_dialling) = (Some(id), false);
        }
        if !self.make_room(id, now_ms, 0) {
            return Verdict::Refuse;
        }
        let (ours_wins, by_us) = (self.own < id, dialled.is_some());
        let Some(peer) = self.known.get_mut(&id) else { return Verdict::Refuse };
        dialled.into_iter().for_each(|address| peer.add(address));
        let (verdict, before) = match peer.state {
            State::Away(pause) | State::Dialling(pause) => (Verdict::Keep, pause),
            State::Linked { connection: old, by_us: old_by_us, since_ms, before } => {
                let crossed = now_ms < since_ms + CROSSED_MS && old_by_us != by_us;
                // Both sides come to the same end: what the smaller id called stays.
                if crossed && by_us != ours_wins {
                    return Verdict::Refuse;
                }
                (Verdict::Replace(old), before)
            }
        };
        peer.state = State::Linked { connection, by_us, since_ms: now_ms, before };
        verdict
    }

    /// The peer said that it is one of us and where it listens; true if that is news.
    pub fn greeted(&mut self, id: PeerId, address: SocketAddr, now_ms: u64) -> bool {
        self.claim(id, address);
        let Some(peer) = self.known.get_mut(&id) else { return false };
        let before = (peer.is_member, peer.addresses.clone());
        peer.is_member = true;
        peer.forget_ms = now_ms + FORGET_MS;
        peer.add(address);
        before != (peer.is_member, peer.addresses.clone())
    }

    /// A connection ended; true if it was the one in use.
    pub fn lost(&mut self, id: PeerId, connection: ConnectionId, now_ms: u64) -> bool {
        let wait_ms = self.wait_ms(id) + self.dice.between(SPREAD_MS, SPREAD_MS * 3);
        let Some(peer) = self.known.get_mut(&id) else { return false };
        let State::Linked { connection: current, since_ms, before, .. } = peer.state else {
            return false;
        };
        if current != connection {
            return false;
        }
        let mut pause = Pause::new(now_ms, wait_ms);
        if now_ms < since_ms + LASTED_MS {
            // Whoever hangs up at once must not be called every second.
            pause = before;
            pause.missed(now_ms, peer.is_member, &mut self.dice);
        }
        peer.state = State::Away(pause);
        if peer.is_member {
            peer.forget_ms = now_ms + FORGET_MS;
        }
        true
    }

    /// A call of a peer was in vain. `is_other`: somebody else answered there.
    pub fn missed(&mut self, id: PeerId, is_other: bool, now_ms: u64) {
        if is_other {
            self.statics
                .iter_mut()
                .filter(|fixed| fixed.peer == Some(id))
                .for_each(|s| s.peer = None);
        }
        let Some(peer) = self.known.get_mut(&id) else { return };
        if let State::Dialling(mut pause) = peer.state {
            pause.missed(now_ms, peer.is_member, &mut self.dice);
            peer.state = State::Away(pause);
        }
    }

    /// A call of an address was in vain. `is_ours`: we answered ourselves.
    pub fn missed_static(&mut self, address: SocketAddr, is_ours: bool, now_ms: u64) {
        for fixed in self.statics.iter_mut().filter(|fixed| fixed.address == address) {
            fixed.is_dialling = false;
            fixed.is_ours |= is_ours;
            fixed.pause.missed(now_ms, true, &mut self.dice);
        }
    }

    /// Interfaces, routes or addresses of this machine changed: who is away may be there again.
    pub fn stir(&mut self, now_ms: u64) {
        let own = self.own;
        for (id, peer) in &mut self.known {
            if let State::Away(pause) = &mut peer.state {
                pause.hurry(now_ms, late_ms(own, *id));
            }
        }
        for fixed in &mut self.statics {
            fixed.is_ours = false;
            fixed.pause.hurry(now_ms, 0);
        }
    }

    /// The next thing to do now, if any.
    pub fn poll(&mut self, now_ms: u64) -> Option<Act> {
        let is_old = |peer: &Peer| peer.forget_ms <= now_ms;
        let mut away = self.known.iter().filter(|(_, p)| matches!(p.state, State::Away(_)));
        if let Some((id, _)) = away.find(|(_, peer)| is_old(peer)) {
            let id = *id;
            self.known.remove(&id);
            return Some(Act::Forget(id));
        }
        for (id, peer) in &mut self.known {
            if let State::Away(pause) = peer.state
                && pause.next_ms() <= now_ms
                && !peer.addresses.is_empty()
            {
                peer.state = State::Dialling(pause);
                return Some(Act::Dial(*id, peer.addresses.clone()));
            }
        }
        let fixed = self.statics.iter_mut().find(|s| s.is_due(now_ms))?;
        fixed.is_dialling = true;
        Some(Act::DialStatic(fixed.address))
    }

    /// When [`Peers::poll`] should be asked again at the latest, if nothing happens.
    pub fn wake_ms(&self) -> Option<u64> {
        let peers = self.known.values().filter_map(|peer| match peer.state {
            State::Away(pause) if !peer.addresses.is_empty() => {
                Some(pause.next_ms().min(peer.forget_ms))
            }
            State::Away(_) => Some(peer.forget_ms),
            State::Dialling(_) | State::Linked { .. } => None,
        });
        let statics = self.statics.iter().filter(|s| s.is_due(u64::MAX));
        peers.chain(statics.map(|fixed| fixed.pause.next_ms())).min()
    }

    /// True while somebody of us, or an address of the configuration, is not reached.
    pub fn misses_somebody(&self) -> bool {
        let away = |peer: &Peer| {
            peer.is_member && matches!(peer.state, State::Away(_) | State::Dialling(_))
        };
        self.known.values().any(away) || self.statics.iter().any(|s| s.is_due(u64::MAX))
    }

    /// The connection in use with a peer, and whether we called.
    pub fn connection(&self, id: PeerId) -> Option<(ConnectionId, bool)> {
        match self.known.get(&id)?.state {
            State::Linked { connection, by_us, .. } => Some((connection, by_us)),
            State::Away(_) | State::Dialling(_) => None,
        }
    }

    /// All of us with their addresses, and how long ago each was last there.
    pub fn members(&self, now_ms: u64) -> Vec<(PeerId, Vec<SocketAddr>, u64)> {
        let age_ms = |peer: &Peer| match peer.state {
            State::Linked { .. } => 0,
            State::Away(_) | State::Dialling(_) => {
                (now_ms + FORGET_MS).saturating_sub(peer.forget_ms)
            }
        };
        let members = self.known.iter().filter(|(_, peer)| peer.is_member);
        members.map(|(id, peer)| (*id, peer.addresses.clone(), age_ms(peer))).collect()
    }

    /// An address of the configuration is a known peer's; one call is enough.
    fn claim(&mut self, id: PeerId, address: SocketAddr) {
        let unclaimed = |s: &&mut Static| s.address == address && s.peer.is_none();
        self.statics.iter_mut().filter(unclaimed).for_each(|s| s.peer = Some(id));
    }

    fn wait_ms(&mut self, id: PeerId) -> u64 {
        late_ms(self.own, id) + self.dice.below(SPREAD_MS)
    }

    /// A place for the peer, if it has none; a stranger that is away makes room for it.
    fn make_room(&mut self, id: PeerId, now_ms: u64, wait_ms: u64) -> bool {
        if !self.known.contains_key(&id) {
            if self.known.len() >= PEERS_MAX {
                let is_idle = |p: &Peer| !p.is_member && matches!(p.state, State::Away(_));
                let Some((idle, _)) = self.known.iter().find(|(_, peer)| is_idle(peer)) else {
                    return false;
                };
                let idle = *idle;
                self.known.remove(&idle);
            }
            let state = State::Away(Pause::new(now_ms, wait_ms));
            let forget_ms = now_ms + FORGET_MS;
            let peer = Peer { addresses: Vec::new(), is_member: false, state, forget_ms };
            self.known.insert(id, peer);
        }
        true
    }
}

impl Peer {
    fn add(&mut self, address: SocketAddr) {
        self.addresses.retain(|known| *known != address);
        self.addresses.insert(0, address);
        self.addresses.truncate(ADDRESSES_MAX);
    }
}

impl Static {
    fn is_due(&self, now_ms: u64) -> bool {
        let is_free = self.peer.is_none() && !self.is_dialling && !self.is_ours;
        is_free && self.pause.next_ms() <= now_ms
    }
}

fn late_ms(own: PeerId, id: PeerId) -> u64 {
    if own > id { LATE_MS } else { 0 }
}

#[cfg(test)]
mod tests;
