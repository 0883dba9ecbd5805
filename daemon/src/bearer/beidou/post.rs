//! Texts of people that a BeiDou bearer carries: letters of the village gateway on their way to the
//! slots, what became of them, and what handsets wrote. How they are cut and when they leave is
//! `protocol::link::modem::rdss`'s.

use std::future::pending;

use sanduan_protocol::link::modem::rdss::{Bond, LetterFate};
use sanduan_protocol::local::request::TextMeans;
use tokio::sync::mpsc;

use crate::village::{Exchange, Fate, Letter, Told};

/// The bearer's end of the exchange.
#[derive(Debug)]
pub struct Post {
    letters: mpsc::Receiver<Letter>,
    exchange: Exchange,
}

impl Post {
    /// Letters by BeiDou text come here from now on.
    pub fn open(exchange: Exchange) -> Post {
        Post { letters: exchange.carry(TextMeans::Beidou), exchange }
    }

    /// The next letter; never again if the exchange is gone, which outlives every bearer.
    pub async fn next(&mut self) -> Letter {
        match self.letters.recv().await {
            Some(letter) => letter,
            None => pending().await,
        }
    }

    /// A letter takes slots from now on.
    pub async fn write(&self, bond: &mut Bond, letter: Letter) {
        match letter.number.parse() {
            Ok(card) => bond.write(letter.tag, card, &letter.text),
            Err(_) => {
                let fate = Fate::Failed("卡号不对 / not a card number".to_owned());
                self.exchange.tell(Told::Fate { tag: letter.tag, fate }).await;
            }
        }
    }

    /// Tell what became of letters.
    pub async fn tell_fates(&self, bond: &mut Bond) {
        while let Some((tag, fate)) = bond.next_fate() {
            let fate = match fate {
                LetterFate::Sent => Fate::Sent,
                LetterFate::Back => Fate::NoBearer,
                LetterFate::TooLong => Fate::Failed(TOO_LONG.to_owned()),
                LetterFate::Damaged => Fate::Failed(DAMAGED.to_owned()),
            };
            self.exchange.tell(Told::Fate { tag, fate }).await;
        }
    }

    /// A handset wrote; false if this machine is no gateway.
    pub async fn heard(&self, card: u32, text: String) -> bool {
        let (means, number) = (TextMeans::Beidou, card.to_string());
        self.exchange.tell(Told::Heard { means, number, text }).await
    }
}

const TOO_LONG: &str = "太长，北斗卡带不下：打电话告知，或改发短一些的指令 / too long for BeiDou cards: \
    call, or send a shorter order";
const DAMAGED: &str = "终端反复报告校验出错：检查接线后打电话告知 / the terminal found it damaged every \
    time: check the cable, and call";
