//! What is read off a world while it runs: how much was delivered, what waits for which bearer,
//! what each has carried, who heard whom. Read only; a story is the same with and without.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::swarm::ground::Ground;

/// Moments kept of one story: enough for every pixel of a chart.
const SAMPLES_MAX: u64 = 360;

/// One moment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// Minutes since the begin.
    pub minute: u64,
    /// Orders times addressees, given so far.
    pub owed: u64,
    /// Of these: a machine of the addressee holds it.
    pub reached: u64,
    /// Of these: the issuer knows of a person's answer.
    pub answered: u64,
    /// Records that wait at one end or another, by bearer, in the order of [`Gauges::bearers`].
    pub waiting: Vec<u64>,
    /// Bytes handed to each bearer since the begin, its own framing not counted.
    pub bytes: Vec<u64>,
}

/// One place heard another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Hearing {
    /// Who spoke, as a place of the file.
    pub speaker: usize,
    /// Who heard.
    pub hearer: usize,
    /// In how many of the samples it had heard the other since the one before.
    pub samples: u64,
}

/// All that was read off one story.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gauges {
    /// Minutes between two samples.
    pub every_min: u64,
    /// Names of the bearers.
    pub bearers: Vec<String>,
    /// Names of the places.
    pub places: Vec<String>,
    /// The moments, oldest first.
    pub samples: Vec<Sample>,
    /// Who heard whom, by hearer.
    pub heard: Vec<Hearing>,
    #[serde(skip)]
    links: Vec<usize>,
    #[serde(skip)]
    hearings: BTreeMap<(usize, usize), u64>,
}

impl Gauges {
    /// For a story of so many minutes at these places; `links` names the bearer of each link.
    pub fn new<'a>(
        minutes: u64,
        places: impl Iterator<Item = &'a str>,
        links: impl Iterator<Item = &'a str>,
    ) -> Gauges {
        let mut gauges = Gauges {
            every_min: minutes.div_ceil(SAMPLES_MAX).max(1),
            places: places.map(str::to_owned).collect(),
            ..Gauges::default()
        };
        for name in links {
            let known = gauges.bearers.iter().position(|bearer| bearer == name);
            let bearer = known.unwrap_or(gauges.bearers.len());
            if known.is_none() {
                gauges.bearers.push(name.to_owned());
            }
            gauges.links.push(bearer);
        }
        gauges
    }

    /// True if a sample is due in this minute.
    pub fn is_due(&self, minute: u64) -> bool {
        minute.is_multiple_of(self.every_min)
    }

    /// One moment: `counts` are owed, reached and answered; `bytes` is asked for each link;
    /// `links_at` tells the links of a place in the order of its host.
    pub(crate) fn sample(
        &mut self,
        (minute, ground): (u64, &Ground),
        counts: [u64; 3],
        bytes: &dyn Fn(usize) -> u64,
        links_at: &dyn Fn(usize) -> Vec<usize>,
    ) {
        let [owed, reached, answered] = counts;
        let mut sample = Sample {
            minute,
            owed,
            reached,
            answered,
            waiting: vec![0; self.bearers.len()],
            bytes: vec![0; self.bearers.len()],
        };
        for (link, bearer) in self.links.iter().enumerate() {
            sample.bytes[*bearer] += bytes(link);
        }
        for (place, host) in ground.hosts.iter().enumerate() {
            let Some(node) = ground.world.host(*host).machine() else { continue };
            let links = links_at(place);
            for row in node.shown_bearers() {
                let link = links.get(usize::from(row.link.0).saturating_sub(1));
                if let Some(bearer) = link.and_then(|link| self.links.get(*link)) {
                    sample.waiting[*bearer] += u64::from(row.queue);
                }
            }
            let wall_ms = node.wall_now().0;
            for peer in node.shown_peers() {
                let speaker = usize::from(peer.device.0).saturating_sub(1);
                let ago_ms = wall_ms.saturating_sub(peer.last_heard_ms);
                if ago_ms <= self.every_min * 60_000 && speaker < self.places.len() {
                    *self.hearings.entry((place, speaker)).or_default() += 1;
                }
            }
        }
        self.samples.push(sample);
    }

    /// The story has ended.
    pub fn close(mut self) -> Gauges {
        let hearings = std::mem::take(&mut self.hearings).into_iter();
        self.heard = hearings
            .map(|((hearer, speaker), samples)| Hearing { speaker, hearer, samples })
            .collect();
        self
    }
}
