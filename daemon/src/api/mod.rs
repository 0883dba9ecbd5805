//! The control API: HTTP/1, JSON and server-sent events on a Unix socket. One route, one request
//! to the machine; nothing is computed here.
//!
//! The table of routes is in [`routes`]; router, OpenAPI description and tests are made from it.

mod answer;
pub mod ask;
mod door;
mod events;
pub mod feed;
mod files;
pub mod listen;
mod metrics;
pub mod openapi;
pub mod routes;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{RawPathParams, Request, State};
use axum::response::Response;
use axum::routing::{MethodFilter, on};
use sanduan_protocol::local::{self, Refusal, RefusalCode};
use tokio::sync::{mpsc, oneshot};

use crate::clock::wall;
use crate::files::Files;
use crate::pump::{Answer, Ask, Figures, stopping};
use crate::reload::ReloadAsk;
use crate::vault::guard::Guard;
use answer::refusal_response;
use feed::Feed;
use routes::{Call, Method, ROUTES};

/// Requests on their way to the pump; more are told to come back.
pub const ASKS_WAITING_MAX: usize = 256;

/// What every handler can reach.
#[derive(Debug)]
pub struct Api {
    asks: mpsc::Sender<Ask>,
    /// To whoever has the configuration file; nobody in tests of the rest.
    reloads: Option<mpsc::Sender<ReloadAsk>>,
    feed: Arc<Feed>,
    figures: Arc<Figures>,
    streams: AtomicUsize,
    /// The village gateway, if this machine is one.
    village: OnceLock<mpsc::Sender<Ask>>,
    files: Option<Arc<Files>>,
    /// Of the vault; nobody in tests of the rest.
    guard: Option<Arc<Guard>>,
}

impl Api {
    /// An API over the doors of a pump.
    pub fn new(asks: mpsc::Sender<Ask>, feed: Arc<Feed>, figures: Arc<Figures>) -> Api {
        Api {
            asks,
            reloads: None,
            feed,
            figures,
            streams: AtomicUsize::new(0),
            village: OnceLock::new(),
            files: None,
            guard: None,
        }
    }

    /// An API over nothing but a vault that is still to be opened.
    pub fn before_opening(guard: Arc<Guard>) -> Api {
        let (nobody, _) = mpsc::channel(1);
        let api = Api::new(nobody, Arc::new(Feed::new(wall())), Arc::new(Figures::default()));
        api.with_guard(guard)
    }

    /// The same with a guard over the vault.
    #[must_use]
    pub fn with_guard(self, guard: Arc<Guard>) -> Api {
        Api { guard: Some(guard), ..self }
    }

    /// What concerns handsets goes here from now on.
    pub fn open_village(&self, to: mpsc::Sender<Ask>) {
        // A second gateway in one daemon cannot be configured.
        let _ = self.village.set(to);
    }

    /// The changes.
    pub fn feed(&self) -> &Feed {
        &self.feed
    }

    /// The same, with a door to whoever can read the configuration again.
    #[must_use]
    pub fn with_reloads(self, reloads: mpsc::Sender<ReloadAsk>) -> Api {
        Api { reloads: Some(reloads), ..self }
    }

    /// The same with files.
    #[must_use]
    pub fn with_files(self, files: Arc<Files>) -> Api {
        Api { files: Some(files), ..self }
    }

    /// The files of this machine.
    pub fn files(&self) -> Option<&Arc<Files>> {
        self.files.as_ref()
    }

    /// Tell all local programs.
    pub fn publish(&self, event: &local::Event) {
        self.feed.publish(event);
    }

    /// Ask the machine and wait for its answer.
    ///
    /// # Errors
    /// What the machine refuses, or that it has too much to do, or is stopping.
    pub async fn ask(&self, request: local::Request) -> Answer {
        let (answer, taken) = oneshot::channel();
        if let (local::Request::ReloadBearers { check_only }, Some(reloads)) =
            (&request, &self.reloads)
        {
            let ask = ReloadAsk { check_only: *check_only, answer };
            return waited(reloads.try_send(ask), taken).await;
        }
        let to = match (&request, self.village.get()) {
            (local::Request::Village | local::Request::VillageHear { .. }, Some(village)) => {
                village
            }
            _ => &self.asks,
        };
        waited(to.try_send(Ask { request, answer }), taken).await
    }
}

/// Wait for the answer to what was handed over.
async fn waited<T>(
    sent: Result<(), mpsc::error::TrySendError<T>>,
    taken: oneshot::Receiver<Answer>,
) -> Answer {
    match sent {
        Ok(()) => taken.await.unwrap_or_else(|_| Err(stopping())),
        Err(mpsc::error::TrySendError::Full(_)) => Err(Refusal::new(
            RefusalCode::Busy,
            "请求过多，请稍后重试",
            "too many requests at once; try again in a moment",
        )),
        Err(mpsc::error::TrySendError::Closed(_)) => Err(stopping()),
    }
}

/// The router over the whole table.
pub fn router(api: Arc<Api>) -> Router {
    let mut router = Router::new();
    for route in ROUTES {
        let filter = match route.method {
            Method::Get => MethodFilter::GET,
            Method::Post => MethodFilter::POST,
        };
        let call = route.call;
        let handler = move |State(api): State<Arc<Api>>, params: RawPathParams, http: Request| {
            serve(api, call, params, http)
        };
        router = router.route(route.path, on(filter, handler));
    }
    router.fallback(no_such_path).method_not_allowed_fallback(no_such_method).with_state(api)
}

async fn serve(api: Arc<Api>, call: Call, params: RawPathParams, http: Request) -> Response {
    let served = match call {
        shut if !door::lets_in(&api, shut) => Err(door::shut()),
        Call::Events => events::stream(&api, &http),
        Call::Metrics => metrics::page(&api).await,
        Call::Openapi => Ok(answer::json_response(&openapi::describe())),
        Call::Files | Call::SendFile | Call::OpenFile | Call::FetchFile => {
            files::serve(&api, call, &params, http).await
        }
        ordinary => serve_ordinary(&api, ordinary, &params, http).await,
    };
    served.unwrap_or_else(|refusal| refusal_response(&refusal))
}

async fn serve_ordinary(
    api: &Api,
    call: Call,
    params: &RawPathParams,
    http: Request,
) -> Result<Response<Body>, Refusal> {
    let request = ask::read(call, params, http).await?;
    let reply = door::ask(api, request).await?;
    answer::reply_response(call, reply)
}

async fn no_such_path() -> Response {
    refusal_response(&Refusal::new(
        RefusalCode::UnknownName,
        "没有这个接口；全部接口见 /v1/openapi.json",
        "no such path; all of them are in /v1/openapi.json",
    ))
}

async fn no_such_method() -> Response {
    refusal_response(&Refusal::new(
        RefusalCode::BadValue,
        "这个接口不接受该方法；见 /v1/openapi.json",
        "this path does not take that method; see /v1/openapi.json",
    ))
}

#[cfg(test)]
mod tests;
