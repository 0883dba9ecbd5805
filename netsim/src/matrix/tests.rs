//! Tests of the crash matrix: that it sees what is lost, and that the stories at hand are sound.

use super::*;

#[test]
fn every_story_at_hand_can_be_read_and_writes_often() {
    for (name, text) in STORIES {
        let story = Story::read(text).expect("a story");
        let told = tell::tell(&story, 1, None);
        assert!(told.writes > 20, "{name}: {} writes", told.writes);
        assert_eq!(told.wrong(name), Vec::<String>::new());
        assert!(told.confirmed >= story.steps.len() as u64, "{name}: {}", told.confirmed);
    }
}

#[test]
fn a_matrix_with_something_lost_is_not_good() {
    let row = Row { left: "torn", crashes: 1, lost: 1, ..Row::default() };
    let matrix = Matrix { writes: 1, rows: vec![row], ..Matrix::default() };
    assert!(!matrix.is_good());
    assert!(!Matrix::default().is_good(), "a story that writes nothing shows nothing");
}

#[test]
fn steps_at_places_that_do_not_exist_are_refused() {
    let text = "title='x'\nplaces=2\nseconds=9\n[[steps]]\nat_s=1\nplace=2\nreceive=3\n";
    assert!(matches!(Story::read(text), Err(BadStory::Bounds("steps"))));
    let text = "title='x'\nplaces=2\nseconds=9\n[[steps]]\nat_s=1\nplace=0\nsteal=3\n";
    assert!(matches!(Story::read(text), Err(BadStory::Text(_))));
}
