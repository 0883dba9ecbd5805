//! Lines, bars and a ring as SVG inside the page. No script, no font, no picture from elsewhere.

use maud::{Markup, html};

/// Width of every chart, px.
const WIDTH: f64 = 760.0;
/// Height of lines and bars, px.
const HEIGHT: f64 = 220.0;
/// Room for the words at the axes, px.
const LEFT: f64 = 64.0;
/// Room below, px.
const FOOT: f64 = 26.0;
/// Colours that can be told apart by people who cannot tell red from green (Okabe and Ito).
const COLOURS: [&str; 8] =
    ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#999933", "#000000"];
/// Dashes, so that a black and white print can be read too.
const DASHES: [&str; 4] = ["", "8 3", "2 3", "10 3 2 3"];

/// One line of a chart.
pub struct Line {
    /// What it is.
    pub name: String,
    /// Its points: minute and value.
    pub points: Vec<(u64, u64)>,
}

/// Lines over time.
pub fn lines(lines: &[Line], unit: &str) -> Markup {
    let points = || lines.iter().flat_map(|line| &line.points);
    let last = points().map(|point| point.0).max().unwrap_or(0).max(1);
    let top = points().map(|point| point.1).max().unwrap_or(0).max(1);
    let x = |minute: u64| LEFT + (WIDTH - LEFT) * minute as f64 / last as f64;
    let y = |value: u64| (HEIGHT - FOOT) * (1.0 - value as f64 / top as f64) + 6.0;
    let path = |line: &Line| {
        let points = line.points.iter();
        points.map(|(minute, value)| format!("{:.1},{:.1} ", x(*minute), y(*value))).collect()
    };
    html! {
        svg viewBox=(frame()) role="img" {
            @for part in 0..=4u64 {
                @let value = top * part / 4;
                line x1=(LEFT) x2=(WIDTH) y1=(y(value)) y2=(y(value)) class="grid" {}
                text x=(LEFT - 6.0) y=(y(value) + 4.0) text-anchor="end" { (value) }
            }
            @for part in 0..=6u64 {
                @let minute = last * part / 6;
                text x=(x(minute)) y=(HEIGHT - 4.0) text-anchor=(anchor(part)) { (clock(minute)) }
            }
            @for (number, line) in lines.iter().enumerate() {
                @let points: String = path(line);
                polyline points=(points) fill="none" stroke=(COLOURS[number % COLOURS.len()])
                    stroke-width="2" stroke-dasharray=(DASHES[number / COLOURS.len() % 4]) {}
            }
        }
        p.key {
            (unit) ": "
            @for (number, line) in lines.iter().enumerate() {
                span style=(format!("color:{}", COLOURS[number % COLOURS.len()])) { "━ " }
                (line.name) "  "
            }
        }
    }
}

/// Bars: what each stands for, and how high it is.
pub fn bars(bars: &[(String, u64)]) -> Markup {
    let top = bars.iter().map(|bar| bar.1).max().unwrap_or(0).max(1);
    let step = (WIDTH - LEFT) / bars.len().max(1) as f64;
    let high = |value: u64| (HEIGHT - FOOT - 16.0) * value as f64 / top as f64;
    html! {
        svg viewBox=(frame()) role="img" {
            @for (number, (name, value)) in bars.iter().enumerate() {
                @let x = LEFT + step * number as f64;
                @let y = HEIGHT - FOOT - high(*value);
                rect x=(x + 3.0) y=(y) width=(step - 6.0) height=(high(*value)) fill=(COLOURS[0]) {}
                text x=(x + step / 2.0) y=(y - 3.0) text-anchor="middle" { (value) }
                text x=(x + step / 2.0) y=(HEIGHT - 8.0) text-anchor="middle" { (name) }
            }
        }
    }
}

/// Places on a ring and who heard whom of them; a line is the broader the oftener it was so.
pub fn ring(places: &[String], heard: &[(usize, usize, u64)]) -> Markup {
    let most = heard.iter().map(|pair| pair.2).max().unwrap_or(0).max(1);
    let (size, radius) = (WIDTH, WIDTH / 2.0 - 110.0);
    let turn = |place: usize| {
        std::f64::consts::TAU * place as f64 / places.len().max(1) as f64 - std::f64::consts::PI
    };
    let at = |place: usize, radius: f64| {
        (size / 2.0 + radius * turn(place).sin(), size / 2.0 + radius * turn(place).cos())
    };
    html! {
        svg viewBox=(format!("0 0 {size} {size}")) role="img" {
            @for (speaker, hearer, times) in heard {
                @let (from, to) = (at(*speaker, radius), at(*hearer, radius));
                @let share = *times as f64 / most as f64;
                line x1=(from.0) y1=(from.1) x2=(to.0) y2=(to.1) stroke=(COLOURS[0])
                    stroke-width=(format!("{:.2}", 0.4 + 2.2 * share))
                    stroke-opacity=(format!("{:.2}", 0.15 + 0.6 * share)) {
                    title { (places[*speaker]) " → " (places[*hearer]) ": " (times) }
                }
            }
            @for (place, name) in places.iter().enumerate() {
                @let (x, y) = at(place, radius + 8.0);
                @let degrees = 90.0 - turn(place).to_degrees();
                @let (degrees, anchor) = upright(degrees);
                text x=(x) y=(y) text-anchor=(anchor) dominant-baseline="middle" class="place"
                    transform=(format!("rotate({degrees:.1} {x:.1} {y:.1})")) { (name) }
            }
        }
    }
}

/// A word on a ring is never read upside down.
fn upright(degrees: f64) -> (f64, &'static str) {
    let degrees = degrees.rem_euclid(360.0);
    if (90.0..270.0).contains(&degrees) { (degrees - 180.0, "end") } else { (degrees, "start") }
}

fn frame() -> String {
    format!("0 0 {WIDTH} {HEIGHT}")
}

fn anchor(part: u64) -> &'static str {
    match part {
        0 => "start",
        6 => "end",
        _ => "middle",
    }
}

fn clock(minute: u64) -> String {
    format!("T+{}:{:02}", minute / 60, minute % 60)
}
