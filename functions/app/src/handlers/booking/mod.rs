//! All but what a realm needs: practices, calendars, staff.
mod act;
mod beside;
mod book;
mod cache_put;
mod calendar;
mod catalog;
mod catalog_put;
mod deployment_put;
mod directory;
mod entries;
mod found_begin;
mod found_finish;
mod freshness_put;
mod hold;
mod memos;
mod moving;
mod read;
mod sign_in;
mod sign_in_begin;
mod slots;
mod staff_directory;
mod waiting;

use super::{ask, confused};
use crate::{
    error::Failure,
    http::{Call, Response},
    port::Platform,
};
use vestibule_core::{problem::ProblemKind, routes::Route};

/// Answers what a realm alone does not.
pub(crate) async fn answer<P: Platform>(
    platform: &P,
    call: &Call,
    route: Route,
) -> Result<Response, Failure> {
    match route {
        Route::FoundBegin => found_begin::found_begin(platform, call).await,
        Route::FoundFinish(p) => found_finish::found_finish(platform, call, p).await,
        Route::SignInBegin(p) => sign_in_begin::sign_in_begin(platform, call, p).await,
        Route::SignIn(p) => sign_in::sign_in(platform, call, p).await,
        Route::Directory(p) => directory::directory(platform, p).await,
        Route::Catalog(p) => catalog::catalog(platform, call, p).await,
        Route::CatalogPut(p) => catalog_put::catalog_put(platform, call, p).await,
        Route::DeploymentPut(p) => deployment_put::deployment_put(platform, call, p).await,
        Route::Moving(p) => moving::moving(platform, call, p).await,
        Route::FreshnessPut(p) => freshness_put::freshness_put(platform, call, p).await,
        Route::Slots(p) => slots::slots(platform, call, p).await,
        Route::Hold(p) => hold::hold(platform, call, p).await,
        Route::SeriesHold(p) => hold::hold_series(platform, call, p).await,
        Route::SeriesBook(p) => book::book_series(platform, call, p).await,
        Route::Book(p) => book::book(platform, call, p).await,
        Route::Read(p, a) => read::read(platform, call, p, a).await,
        Route::Act(p, a) => act::act(platform, call, p, a).await,
        Route::StaffRead(p, a) => read::staff_read(platform, call, p, a).await,
        Route::StaffAct(p, a) => act::staff_act(platform, call, p, a).await,
        Route::EntriesAdd(p) => entries::add(platform, call, p).await,
        Route::StaffActs(p) => entries::act_on_all(platform, call, p).await,
        Route::Calendar(p) => calendar::calendar(platform, call, p).await,
        Route::Beside(p) => beside::beside(platform, call, p).await,
        Route::MemoPut(p, m) => memos::put(platform, call, p, m).await,
        Route::MemoRead(p, m) => memos::read(platform, call, p, m).await,
        Route::MemoList(p) => memos::list(platform, call, p).await,
        Route::MemoMarks(p) => memos::marks(platform, call, p).await,
        Route::CachePut(p) => cache_put::cache_put(platform, call, p).await,
        Route::WaitingJoin(p) => waiting::join(platform, call, p).await,
        Route::WaitingRead(p, e) => waiting::read(platform, call, p, e).await,
        Route::WaitingAccept(p, e) => waiting::accept(platform, call, p, e).await,
        Route::WaitingAct(p, e) => waiting::act(platform, call, p, e).await,
        Route::WaitingList(p) => waiting::list(platform, call, p).await,
        Route::WaitingRemove(p, e) => waiting::remove(platform, call, p, e).await,
        Route::WaitingMail(p, e) => waiting::mail(platform, call, p, e).await,
        Route::Health | Route::RealmDescription | Route::Realm | Route::Challenge(_) => {
            Err(ProblemKind::NotFound.into())
        }
    }
}
