//! The ad hoc network: machines of ours find each other on a local network and keep one stream to
//! each. This file carries events between libp2p, the manager of peers and the conversations;
//! who is called is decided in [`peers`], what is said in [`talk`].
//!
//! There is no routing here. A machine that cannot be heard is reached because those between
//! store its records and send them on, by this bearer or another.

mod book;
mod pause;
mod peers;
mod pulse;
mod swarm;
mod talk;
mod wire;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::SocketAddr;
use std::time::Duration;

use libp2p::core::ConnectedPoint;
use libp2p::futures::StreamExt;
use libp2p::swarm::{ConnectionId, DialError, SwarmEvent};
use libp2p::{PeerId, Stream, Swarm, mdns};
use sanduan_protocol::base::dice::Dice;
use sanduan_protocol::base::time::Mono;
use sanduan_protocol::keys::sign::NetworkId;
use sanduan_protocol::keys::suite::Suite;
use sanduan_protocol::link::profile::Profile;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use self::book::{BookFile, Entry};
use self::peers::{Act, Peers, Verdict};
use self::swarm::{Behaviour, BehaviourEvent, FRAMES, socket_address};
use self::talk::{News, OpenLink, Table, Talk};
use self::wire::Greeting;
use super::{Kit, profile_of};
use crate::bearer::Backoff;
use crate::config::{BearerConfig, LanConfig};
use crate::entropy;
use crate::home::{Home, Member, Seed};

/// Streams that wait for a conversation: the next one, and one that replaces it.
const TALKS_WAITING_MAX: usize = 2;
/// News that wait for this loop.
const NEWS_WAITING_MAX: usize = 64;
/// How often routes are looked at while somebody is missed.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often the book is written while nothing new is in it, so that its times stay fresh.
const BOOK_EVERY: Duration = Duration::from_secs(3_600);

/// Run one bearer until it is dropped.
pub async fn run(bearer: BearerConfig, config: LanConfig, kit: Kit) {
    // Shown until the first machine is met, so that people see that the bearer is there.
    let alone = OpenLink::open(&kit.switchboard, alone_profile(&bearer, &config));
    let mut backoff = Backoff::new(Dice::new(entropy::dice_seed()));
    let mut said = String::new();
    loop {
        let reason = match open(&bearer, &config, &kit) {
            Ok(shell) => return shell.run(alone).await,
            Err(reason) => reason,
        };
        if let (Some(link), true) = (&alone, said != reason) {
            link.door.voice.down(&reason).await;
            said = reason;
        }
        tokio::time::sleep(backoff.pause()).await;
    }
}

fn alone_profile(bearer: &BearerConfig, config: &LanConfig) -> Profile {
    profile_of(bearer, bearer.name.clone(), config.listen.to_string())
}

fn open(bearer: &BearerConfig, config: &LanConfig, kit: &Kit) -> Result<Shell, String> {
    let (seed, member) = identity(&kit.home)?;
    let (suite, network) = (Suite::default(), &member.network);
    let network = NetworkId::new(suite, &network.authority, network.drill);
    let mut swarm = swarm::build(&seed, network, config.quiet)?;
    let at = swarm::listen(&mut swarm, config.listen, config.may_move)?;
    if at != config.listen {
        tracing::info!(port = at.port(), "端口已被占用，改用下一个 / port taken, next one used");
    }
    let (news_to, news) = mpsc::channel(NEWS_WAITING_MAX);
    let table = Table {
        bearer: bearer.clone(),
        greeting: Greeting { port: at.port(), device: member.device },
        is_silent: config.quiet,
        switchboard: kit.switchboard.clone(),
        clock: kit.clock,
        news: news_to,
    };
    let now = kit.clock.now();
    let dice = Dice::new(entropy::dice_seed());
    let mut peers = Peers::new(*swarm.local_peer_id(), &config.peers, dice, now.mono.0);
    let book = BookFile::of(&kit.folder, &bearer.name);
    for Entry { peer, seen, addresses } in book.load() {
        let age_ms = now.wall.0.saturating_sub(seen.0);
        peers.remember(peer, &addresses, age_ms, now.mono.0);
    }
    Ok(Shell {
        swarm,
        peers,
        table,
        news,
        book,
        talks: BTreeMap::new(),
        followers: JoinSet::new(),
        callers: JoinSet::new(),
        statics: BTreeMap::new(),
        places: BTreeMap::new(),
        routes: routes(),
    })
}

fn identity(home: &Home) -> Result<(Seed, Member), String> {
    let seed = home.device_seed().map_err(|said| said.to_string())?;
    let member = home.member().map_err(|said| said.to_string())?;
    let missing = "尚未入网 / this machine has not joined a network";
    seed.zip(member).ok_or_else(|| missing.to_owned())
}

/// Everything that one running bearer holds.
struct Shell {
    swarm: Swarm<Behaviour>,
    peers: Peers,
    table: Table,
    news: mpsc::Receiver<News>,
    book: BookFile,
    /// Where streams for each peer's conversation go.
    talks: BTreeMap<PeerId, mpsc::Sender<Talk>>,
    followers: JoinSet<()>,
    /// Streams that are being opened.
    callers: JoinSet<(PeerId, ConnectionId, Option<Stream>)>,
    /// Calls of addresses from the configuration.
    statics: BTreeMap<ConnectionId, SocketAddr>,
    /// The other end of each connection.
    places: BTreeMap<ConnectionId, SocketAddr>,
    routes: u64,
}

impl Shell {
    async fn run(mut self, alone: Option<OpenLink>) {
        let mut alone = alone;
        if let Some(link) = &alone {
            link.door.voice.down(nobody_yet()).await;
        }
        let mut control = self.swarm.behaviour().frames.new_control();
        let mut incoming = control.accept(FRAMES).expect("nobody else took the protocol");
        let mut look = tokio::time::interval(LOOK_EVERY);
        let mut keep = tokio::time::interval(BOOK_EVERY);
        loop {
            while let Some(act) = self.peers.poll(self.now_ms()) {
                self.act(act);
            }
            let wake_ms = self.peers.wake_ms().unwrap_or(u64::MAX);
            let wake_at = self.table.clock.instant(Mono(wake_ms));
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_event(event),
                news = self.news.recv() => {
                    if self.on_news(news) {
                        // Its task is done: the links to machines are shown instead.
                        drop(alone.take());
                    }
                }
                Some((peer, stream)) = incoming.next() => self.on_stream(peer, stream),
                Some(called) = self.callers.join_next() => self.on_called(called.ok()),
                () = tokio::time::sleep_until(wake_at.into()) => {}
                _ = look.tick(), if self.peers.misses_somebody() => self.look_at_routes(),
                _ = keep.tick() => self.keep_book(),
            }
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Dial(peer, addresses) => {
                if self.swarm.dial(swarm::call(peer, &addresses)).is_err() {
                    self.peers.missed(peer, false, self.now_ms());
                }
            }
            Act::DialStatic(address) => {
                let call = swarm::call_anybody(address);
                let connection = call.connection_id();
                match self.swarm.dial(call) {
                    Ok(()) => drop(self.statics.insert(connection, address)),
                    Err(_) => self.peers.missed_static(address, false, self.now_ms()),
                }
            }
            Act::Forget(peer) => {
                // Its conversation ends with the sender, and its link with the conversation.
                self.talks.remove(&peer);
                self.keep_book();
            }
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        let now_ms = self.now_ms();
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(mdns::Event::Discovered(found))) => {
                for (peer, address) in found {
                    if let Some(address) = socket_address(&address) {
                        self.peers.discovered(peer, address, now_ms);
                    }
                }
            }
            SwarmEvent::Behaviour(BehaviourEvent::Mdns(mdns::Event::Expired(gone))) => {
                for (peer, address) in gone {
                    if let Some(address) = socket_address(&address) {
                        self.peers.expired(peer, address);
                    }
                }
            }
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.places.remove(&connection_id);
                self.peers.lost(peer_id, connection_id, now_ms);
            }
            SwarmEvent::OutgoingConnectionError { connection_id, peer_id, error } => {
                tracing::debug!(%error, "a call in vain");
                if let Some(address) = self.statics.remove(&connection_id) {
                    let is_ours = matches!(error, DialError::LocalPeerId { .. });
                    self.peers.missed_static(address, is_ours, now_ms);
                } else if let Some(peer) = peer_id {
                    let is_other = matches!(error, DialError::WrongPeerId { .. });
                    self.peers.missed(peer, is_other, now_ms);
                }
            }
            SwarmEvent::NewListenAddr { .. } => self.peers.stir(now_ms),
            // Strangers, calls under way, and what only concerns libp2p itself.
            other => tracing::debug!(event = ?other, "ad hoc network"),
        }
    }

    fn on_connected(&mut self, peer: PeerId, connection: ConnectionId, end: &ConnectedPoint) {
        self.statics.remove(&connection);
        let Some(place) = socket_address(end.get_remote_address()) else { return };
        let dialled = end.is_dialer().then_some(place);
        match self.peers.connected(peer, connection, dialled, self.now_ms()) {
            Verdict::Keep => {}
            Verdict::Replace(old) => drop(self.swarm.close_connection(old)),
            Verdict::Refuse => {
                self.swarm.close_connection(connection);
                return;
            }
        }
        self.places.insert(connection, place);
        if dialled.is_some() {
            // Whoever called opens the stream.
            let mut control = self.swarm.behaviour().frames.new_control();
            self.callers.spawn(async move {
                (peer, connection, control.open_stream(peer, FRAMES).await.ok())
            });
        }
    }

    fn on_stream(&mut self, peer: PeerId, stream: Stream) {
        if let Some((connection, by_us)) = self.peers.connection(peer) {
            self.talk(peer, connection, by_us, stream);
        }
    }

    fn on_called(&mut self, called: Option<(PeerId, ConnectionId, Option<Stream>)>) {
        let Some((peer, connection, stream)) = called else { return };
        let Some((current, by_us)) = self.peers.connection(peer) else { return };
        match stream {
            Some(stream) => self.talk(peer, current, by_us, stream),
            None if current == connection => drop(self.swarm.close_connection(connection)),
            None => {}
        }
    }

    fn talk(&mut self, peer: PeerId, connection: ConnectionId, by_us: bool, stream: Stream) {
        let Some(place) = self.places.get(&connection) else { return };
        let talk = Talk { stream, connection, from: place.ip(), by_us };
        let to = self.talks.entry(peer).or_insert_with(|| {
            let (to, talks) = mpsc::channel(TALKS_WAITING_MAX);
            self.followers.spawn(talk::follow(peer, self.table.clone(), talks));
            to
        });
        if to.try_send(talk).is_err() {
            self.swarm.close_connection(connection);
        }
    }

    /// True if a machine of ours was met.
    fn on_news(&mut self, news: Option<News>) -> bool {
        match news {
            Some(News::Greeted(peer, address)) => {
                if self.peers.greeted(peer, address, self.now_ms()) {
                    self.keep_book();
                }
                true
            }
            Some(News::Ended(peer, connection)) => {
                if self.peers.connection(peer).is_some_and(|(current, _)| current == connection) {
                    self.swarm.close_connection(connection);
                }
                false
            }
            None => false,
        }
    }

    fn look_at_routes(&mut self) {
        let routes = routes();
        if routes != self.routes {
            self.routes = routes;
            self.peers.stir(self.now_ms());
        }
    }

    fn keep_book(&self) {
        let now = self.table.clock.now();
        let seen = |age_ms| sanduan_protocol::base::time::Wall(now.wall.0.saturating_sub(age_ms));
        let members = self.peers.members(now.mono.0).into_iter();
        let entries: Vec<Entry> = members
            .map(|(peer, addresses, age_ms)| Entry { peer, seen: seen(age_ms), addresses })
            .collect();
        self.book.save(&entries);
    }

    fn now_ms(&self) -> u64 {
        self.table.clock.now().mono.0
    }
}

fn nobody_yet() -> &'static str {
    "还没有发现其他机器：检查是否在同一网络；组播不通时在 peers 中写明对端 / no other machine was \
     met yet: check that they are in the same network; where multicast does not get through, name \
     them in peers"
}

/// Changes when an interface of this machine goes up or down or gets another address. Zero where
/// the kernel does not say, which only makes a return noticed a few seconds later.
fn routes() -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in ["/proc/net/route", "/proc/net/if_inet6"] {
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests;
