//! Whole nodes in memory with made-up time: what people were told is true, whatever the links do.

mod bytes;
mod carry;
mod converge;
mod drafts;
mod echo;
mod fair;
mod first_word;
mod forged;
mod forks;
mod future;
mod hostile;
mod lab;
mod links;
mod lists;
mod made_up;
mod outbox;
mod preempt;
mod revoke;
mod rollback;
mod rot;
mod routes;
mod saved;
mod shares;
mod stand_by;
mod templates;
mod vitals;
