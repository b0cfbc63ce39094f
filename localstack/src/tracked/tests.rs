use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use super::*;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Room {
    colour: Single<Option<String>>,
    guests: Entities<String, Vec<u32>>,
}

parts!(Room { colour, guests } fixed {});

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct House {
    address: String,
    rooms: Groups<u32, Room>,
    keys: Entities<u32, String>,
}

parts!(House { rooms, keys } fixed { address });

fn taken(part: &mut impl Part) -> Vec<Change> {
    let (mut path, mut changes) = (Vec::new(), Vec::new());
    part.take_changes(&mut path, &mut changes).expect("JSON");
    assert_eq!(path, [""; 0], "the path is left as it was");
    changes
}

/// Through the text that a file would hold.
fn carry_out(part: &mut impl Part, changes: &[Change]) -> Result<()> {
    let text = serde_json::to_string(changes)?;
    serde_json::from_str::<Vec<Change>>(&text)?.into_iter().try_for_each(|change| match change {
        Change::Put { put, value } => part.carry_out(&put, Some(value)),
        Change::Remove { remove } => part.carry_out(&remove, None),
    })
}

#[test]
fn a_change_is_as_large_as_what_changed() {
    let mut house = House::default();
    house.rooms.insert(1, Room::default());
    house.rooms.get_mut(&1).expect("there").guests.insert("ann".to_owned(), vec![1]);
    let made = json!([{"put": ["rooms", "1"], "value": {"colour": null, "guests": {"ann": [1]}}}]);
    assert_eq!(json!(taken(&mut house)), made, "what is new is written once, as a whole");
    let room = house.rooms.get_mut(&1).expect("there");
    *room.colour = Some("red".to_owned());
    room.guests.insert("bob".to_owned(), Vec::new());
    room.guests.remove("ann");
    room.guests.remove("nobody");
    let changed = json!([
        {"put": ["rooms", "1", "colour"], "value": "red"},
        {"remove": ["rooms", "1", "guests", "ann"]},
        {"put": ["rooms", "1", "guests", "bob"], "value": []},
    ]);
    assert_eq!(json!(taken(&mut house)), changed);
    house.rooms.retain(|_, _| false);
    assert_eq!(json!(taken(&mut house)), json!([{"remove": ["rooms", "1"]}]));
    assert_eq!(taken(&mut house), [], "each change is handed over once");
}

#[test]
fn reading_is_no_change() {
    let mut house: House =
        serde_json::from_value(json!({"address": "here", "rooms": {"1": {"colour": "red", "guests": {}}}, "keys": {}}))
            .expect("a house");
    assert_eq!(house.rooms[&1].colour.as_deref(), Some("red"));
    assert!(house.rooms.get_mut(&2).is_none() && house.keys.get_mut(&7).is_none());
    house.rooms.retain(|_, _| true);
    assert_eq!(taken(&mut house), []);
}

#[test]
fn what_leads_nowhere_is_refused() {
    let path = |text: &str| text.split('/').map(str::to_owned).collect::<Vec<_>>();
    for (at, value) in [
        ("address", Some(json!("there"))),
        ("cellar", Some(json!(1))),
        ("rooms", None),
        ("rooms/x", None),
        ("rooms/1/guests/ann", Some(json!([]))),
        ("keys/1/2", Some(json!(""))),
        ("keys/1", Some(json!(7))),
    ] {
        assert!(House::default().carry_out(&path(at), value).is_err(), "{at}");
    }
}

#[derive(Clone, Debug)]
enum Deed {
    Furnish(u32),
    Paint(u32, Option<String>),
    Come(u32, String, u32),
    Leave(u32, String),
    Demolish(u32),
    Key(u32, String),
    Lose(u32),
    Write,
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let name = || "[ab]";
    let one = prop_oneof![
        (0..3_u32).prop_map(Deed::Furnish),
        (0..3_u32, proptest::option::of(name())).prop_map(|(room, colour)| Deed::Paint(room, colour)),
        (0..3_u32, name(), 0..9_u32).prop_map(|(room, guest, bed)| Deed::Come(room, guest, bed)),
        (0..3_u32, name()).prop_map(|(room, guest)| Deed::Leave(room, guest)),
        (0..3_u32).prop_map(Deed::Demolish),
        (0..3_u32, name()).prop_map(|(key, owner)| Deed::Key(key, owner)),
        (0..3_u32).prop_map(Deed::Lose),
        Just(Deed::Write),
    ];
    proptest::collection::vec(one, 0..40)
}

fn does(house: &mut House, deed: &Deed) {
    match deed.clone() {
        Deed::Furnish(room) => drop(house.rooms.insert(room, Room::default())),
        Deed::Paint(room, colour) => *house.rooms.get_or_insert_with(room, Room::default).colour = colour,
        Deed::Come(room, guest, bed) => {
            if let Some(room) = house.rooms.get_mut(&room) {
                room.guests.get_or_insert_with(guest, Vec::new).push(bed);
            }
        }
        Deed::Leave(room, guest) => {
            house.rooms.get_mut(&room).and_then(|room| room.guests.remove(guest.as_str()));
        }
        Deed::Demolish(room) => house.rooms.retain(|have, _| *have != room),
        Deed::Key(key, owner) => house.keys.extend(BTreeMap::from([(key, owner)])),
        Deed::Lose(key) => house.keys.retain(|have, _| *have != key),
        Deed::Write => {}
    }
}

proptest! {
    #[test]
    fn carrying_out_the_changes_gives_the_same_state(deeds in deeds()) {
        let (mut house, mut copy) = (House::default(), House::default());
        for deed in deeds.iter().chain([&Deed::Write]) {
            does(&mut house, deed);
            if matches!(deed, Deed::Write) {
                let changes = taken(&mut house);
                carry_out(&mut copy, &changes).expect("every path leads somewhere");
                prop_assert_eq!(&copy, &house);
            }
        }
    }
}
