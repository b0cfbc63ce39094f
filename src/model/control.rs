//! What makes something strict, in values that compare. Here alone it is decided what is stricter than what.

use std::collections::{BTreeMap, BTreeSet};

use super::Direction;

/// One setting of a control.
#[derive(Clone, Debug, PartialEq)]
pub enum Setting {
    /// More is stricter, and 0 keeps the control from doing anything.
    Rank(f64),
    /// What is examined: more is stricter, and nothing keeps the control from doing anything.
    Reach(BTreeSet<&'static str>),
    /// A text of which nobody can say what it is worth.
    Text(String),
}

impl Setting {
    /// A word that ranks.
    pub fn rank(rank: u8) -> Self {
        Self::Rank(f64::from(rank))
    }

    /// A switch: on is stricter.
    pub fn switch(on: bool) -> Self {
        Self::rank(u8::from(on))
    }

    fn is_off(&self) -> bool {
        match self {
            Self::Rank(rank) => *rank <= 0.0,
            Self::Reach(reach) => reach.is_empty(),
            Self::Text(_) => false,
        }
    }

    /// Whether having none of it is the same as being off.
    const fn switches(&self) -> bool {
        !matches!(self, Self::Text(_))
    }

    /// Which way it goes in a control that acts before and after.
    fn toward(&self, want: &Self) -> Direction {
        match (self, want) {
            (have, want) if have == want => Direction::Neutral,
            (Self::Rank(have), Self::Rank(want)) if have < want => Direction::Strengthens,
            (Self::Rank(_), Self::Rank(_)) => Direction::Weakens,
            (Self::Reach(have), Self::Reach(want)) if have.is_subset(want) => Direction::Strengthens,
            (Self::Reach(have), Self::Reach(want)) if want.is_subset(have) => Direction::Weakens,
            (Self::Reach(_), Self::Reach(_)) => Direction::Mixed,
            _ => Direction::Unranked,
        }
    }
}

/// What is done to one kind of thing, such as hate in prompts: its settings by the path of their field.
#[derive(Clone, Debug, Default, PartialEq)]
struct Control(BTreeMap<String, Setting>);

impl Control {
    fn acts(&self) -> bool {
        !self.0.values().any(Setting::is_off)
    }
}

/// Every control of something, each under a name that stays when its settings change.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Controls(BTreeMap<String, Control>);

impl Controls {
    /// Adds a control. It acts if none of its settings is off.
    pub fn add<P: Into<String>>(&mut self, name: impl Into<String>, settings: impl IntoIterator<Item = (P, Setting)>) {
        let settings = settings.into_iter().map(|(path, setting)| (path.into(), setting)).collect();
        self.0.insert(name.into(), Control(settings));
    }

    /// Which way each field goes, by its path; a field that is absent here decides nothing.
    ///
    /// It is effects that are compared. A control that acts neither before nor after cannot change; one that begins or
    /// ceases to act does so by the settings that kept or keep it off, and its others say nothing, since there is nothing
    /// to compare them with.
    pub fn directions(have: &Self, want: &Self) -> BTreeMap<String, Direction> {
        let names: BTreeSet<&String> = have.0.keys().chain(want.0.keys()).collect();
        let mut found: BTreeMap<String, Vec<Direction>> = BTreeMap::new();
        for name in names {
            let pair = Pair { have: have.0.get(name), want: want.0.get(name) };
            for path in pair.paths() {
                found.entry(path.clone()).or_default().push(pair.direction(path));
            }
        }
        found.into_iter().map(|(path, directions)| (path, directions.into_iter().collect())).collect()
    }
}

/// One control before and after.
#[derive(Clone, Copy)]
struct Pair<'a> {
    have: Option<&'a Control>,
    want: Option<&'a Control>,
}

impl<'a> Pair<'a> {
    fn paths(self) -> BTreeSet<&'a String> {
        [self.have, self.want].into_iter().flatten().flat_map(|control| control.0.keys()).collect()
    }

    fn direction(self, path: &str) -> Direction {
        let acts = |control: Option<&Control>| control.is_some_and(Control::acts);
        let setting = |control: Option<&'a Control>| control.and_then(|control| control.0.get(path));
        let (have, want) = (setting(self.have), setting(self.want));
        let off = |control: Option<&Control>, here: Option<&Setting>, there: Option<&Setting>| match control {
            None => there.is_some_and(Setting::switches),
            Some(_) => here.is_some_and(Setting::is_off),
        };
        match (acts(self.have), acts(self.want)) {
            (false, true) if off(self.have, have, want) => Direction::Strengthens,
            (true, false) if off(self.want, want, have) => Direction::Weakens,
            (true, true) => match (have, want) {
                (Some(have), Some(want)) => have.toward(want),
                _ => Direction::Neutral,
            },
            _ => Direction::Neutral,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(on: bool, rank: u8, text: &str) -> Controls {
        let mut controls = Controls::default();
        let settings =
            [("on", Setting::switch(on)), ("rank", Setting::rank(rank)), ("text", Setting::Text(text.to_owned()))];
        controls.add("a", settings);
        controls
    }

    fn directions(have: &Controls, want: &Controls) -> Vec<(String, Direction)> {
        let all = Controls::directions(have, want);
        all.into_iter().filter(|(_, direction)| *direction != Direction::Neutral).collect()
    }

    #[test]
    fn what_acts_neither_before_nor_after_cannot_change() {
        assert!(directions(&control(false, 3, "x"), &control(false, 1, "y")).is_empty());
        assert!(directions(&control(false, 3, "x"), &control(true, 0, "y")).is_empty());
        assert!(directions(&Controls::default(), &control(false, 1, "y")).is_empty());
    }

    #[test]
    fn what_switches_tells_and_the_rest_is_silent() {
        let on = |direction| [("on".to_owned(), direction)];
        assert_eq!(directions(&control(false, 3, "x"), &control(true, 1, "y")), on(Direction::Strengthens));
        assert_eq!(directions(&control(true, 1, "y"), &control(false, 3, "x")), on(Direction::Weakens));
    }

    #[test]
    fn what_comes_strengthens_by_its_switches() {
        let comes = directions(&Controls::default(), &control(true, 1, "y"));
        assert_eq!(comes, ["on", "rank"].map(|path| (path.to_owned(), Direction::Strengthens)));
    }

    #[test]
    fn what_acts_is_compared_setting_by_setting() {
        let found = directions(&control(true, 3, "x"), &control(true, 1, "y"));
        assert_eq!(found, [("rank".to_owned(), Direction::Weakens), ("text".to_owned(), Direction::Unranked)]);
    }

    #[test]
    fn another_reach_is_both() {
        let reach = |items: &[&'static str]| Setting::Reach(items.iter().copied().collect());
        assert_eq!(reach(&["a"]).toward(&reach(&["a", "b"])), Direction::Strengthens);
        assert_eq!(reach(&["a", "b"]).toward(&reach(&["b"])), Direction::Weakens);
        assert_eq!(reach(&["a"]).toward(&reach(&["b"])), Direction::Mixed);
    }
}
