//! The stories of `tests/scenarios`, played through the bridge as Kotlin and Swift call it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout)]

#[path = "scenarios/camera.rs"]
mod camera;
#[path = "scenarios/failed.rs"]
mod failed;
#[path = "scenarios/lists.rs"]
mod lists;
#[path = "scenarios/player.rs"]
mod player;
#[path = "scenarios/vaults.rs"]
mod vaults;

#[test]
fn every_story_goes_as_it_is_written() {
    let stories = apoa_tests::scenario::all();
    assert!(!stories.is_empty());
    for (file, story) in &stories {
        player::play(file, story);
        println!("{file}: {}", story["title"].as_str().unwrap());
    }
    println!("scenarios: {} played", stories.len());
}
