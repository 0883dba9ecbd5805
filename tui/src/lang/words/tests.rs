//! No two values of one enum share a word.

use std::collections::BTreeSet;
use std::fmt::Debug;

use super::*;

fn all_differ<T: Word + Debug>(values: &[T]) {
    for lang in [Lang::Zh, Lang::En] {
        let words: BTreeSet<&str> = values.iter().map(|value| value.word(lang)).collect();
        assert_eq!(words.len(), values.len(), "{values:?} in {lang:?}: {words:?}");
        assert!(words.iter().all(|word| !word.is_empty()));
    }
}

#[test]
fn any_two_states_have_different_words() {
    use OrderState as O;
    all_differ(&[O::Provisional, O::Open, O::Overdue, O::Answered, O::Failed, O::Cancelled]);
    all_differ(&[
        LinkState::Up,
        LinkState::Down,
        LinkState::Silent,
        LinkState::NoSignal,
        LinkState::Cooling,
        LinkState::QuotaSpent,
        LinkState::Unknown,
    ]);
    use WaybillState as W;
    all_differ(&[W::InTransit, W::Late, W::Full, W::Short, W::Disputed]);
    use Rung as R;
    all_differ(&[R::Acknowledged, R::Accepted, R::Cannot, R::Done, R::Failed]);
    use UnitState as U;
    all_differ(&[
        U::Standby,
        U::Mustered,
        U::Departed,
        U::EnRoute,
        U::Arrived,
        U::Returning,
        U::Withdrawn,
    ]);
}

#[test]
fn any_two_kinds_and_classes_have_different_words() {
    all_differ(&Class::ALL);
    all_differ(&[OrderKind::Alert, OrderKind::Order, OrderKind::Request, OrderKind::Update]);
    all_differ(&[Need::Acknowledged, Need::Done]);
    use Proxy as P;
    all_differ(&[P::Phone, P::Radio, P::Gong, P::Door, P::Text, P::Beidou]);
    all_differ(&[TextMeans::Sms, TextMeans::Beidou]);
    use TextFate as F;
    all_differ(&[F::Heard, F::Waiting, F::Sent, F::Reached, F::Failed]);
    use MovementKind as M;
    all_differ(&[M::Opening, M::Receive, M::Issue, M::Loss]);
    use StockEvent as S;
    all_differ(&[S::Opening, S::Receive, S::Issue, S::Loss, S::Ship, S::Arrive, S::Damaged]);
    use LogKind as L;
    all_differ(&[L::Order, L::Cancel, L::Receipt, L::Movement, L::Ship, L::Arrive, L::Refused]);
}
