//! Plain handsets under the sky of made-up terminals: a card that people read and key texts into.
//! Nothing is kept for one that is off. Which words order them is in [`super::orders`].

use sanduan_protocol::base::time::Mono;
use sanduan_protocol::link::modem::rdss::content::hex;
use sanduan_protocol::link::modem::rdss::text::{cut, text_of};
use sanduan_protocol::link::modem::rdss::{Dialect, RdssConfig};

use super::words::{self, Content};
