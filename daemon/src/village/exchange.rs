//! Where texts to and from people pass between bearers and the gateway. Bearers come and go; a
//! letter that finds none comes back as such.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sanduan_protocol::field::village::Fate;
use sanduan_protocol::local::request::TextMeans;
use tokio::sync::mpsc;

/// Letters on their way to one bearer; it takes them into its own queue at once.
const LETTERS_MAX: usize = 64;
/// Texts and fates that wait for the gateway; beyond, bearers wait.
const TOLD_MAX: usize = 256;

/// A text on its way to a handset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Named again in its fate.
    pub tag: u64,
    /// To this number.
    pub number: String,
    /// What it says.
    pub text: String,
}

/// What bearers tell the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// A handset wrote.
    Heard {
        /// By what means.
        means: TextMeans,
        /// Its number, as the network has it.
        number: String,
        /// What.
        text: String,
    },
    /// What became of a letter.
    Fate {
        /// Its tag.
        tag: u64,
        /// Its fate.
        fate: Fate,
    },
}

/// The exchange. Clones are the same one.
#[derive(Clone, Debug, Default)]
pub struct Exchange {
    lines: Arc<Mutex<Lines>>,
}

#[derive(Debug, Default)]
struct Lines {
    gateway: Option<mpsc::Sender<Told>>,
    carriers: BTreeMap<TextMeans, Vec<mpsc::Sender<Letter>>>,
}

impl Exchange {
    /// The gateway's end.
    pub fn open_gateway(&self) -> mpsc::Receiver<Told> {
        let (to, told) = mpsc::channel(TOLD_MAX);
        self.lines().gateway = Some(to);
        told
    }

    /// A bearer's end: letters that it carries until it drops this.
    pub fn carry(&self, means: TextMeans) -> mpsc::Receiver<Letter> {
        let (to, letters) = mpsc::channel(LETTERS_MAX);
        self.lines().carriers.entry(means).or_default().push(to);
        letters
    }

    /// Hand a letter to the first bearer that takes it; false if none does.
    pub fn send(&self, means: TextMeans, letter: &Letter) -> bool {
        let mut lines = self.lines();
        let Some(carriers) = lines.carriers.get_mut(&means) else { return false };
        carriers.retain(|carrier| !carrier.is_closed());
        carriers.iter().any(|carrier| carrier.try_send(letter.clone()).is_ok())
    }

    /// Tell the gateway; false if there is none.
    pub async fn tell(&self, told: Told) -> bool {
        let gateway = self.lines().gateway.clone();
        match gateway {
            Some(gateway) => gateway.send(told).await.is_ok(),
            None => false,
        }
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        // The maps are whole after every statement, whoever panicked meanwhile.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_letter_goes_to_a_bearer_that_is_there_and_comes_back_when_none_is() {
        let exchange = Exchange::default();
        let letter = Letter { tag: 7, number: "13800000001".into(), text: "撤".into() };
        assert!(!exchange.send(TextMeans::Sms, &letter), "no bearer yet");
        let gone = exchange.carry(TextMeans::Sms);
        drop(gone);
        let mut letters = exchange.carry(TextMeans::Sms);
        assert!(exchange.send(TextMeans::Sms, &letter));
        assert!(!exchange.send(TextMeans::Beidou, &letter), "another means");
        assert_eq!(letters.recv().await, Some(letter.clone()));
        drop(letters);
        assert!(!exchange.send(TextMeans::Sms, &letter));
        let told = Told::Fate { tag: 7, fate: Fate::Sent };
        assert!(!exchange.tell(told.clone()).await, "no gateway yet");
        let mut gateway = exchange.open_gateway();
        assert!(exchange.tell(told.clone()).await);
        assert_eq!(gateway.recv().await, Some(told));
    }
}
