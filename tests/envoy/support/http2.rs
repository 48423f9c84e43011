//! HTTP/2 without TLS, for gRPC among others.

use std::net::SocketAddr;

use bytes::Bytes;
use h2::client;
use http::Request;
use tokio::{net::TcpStream, runtime::Builder};

use super::Response;

/// Sends a request with its body on a connection of its own; trailers are added to the
/// headers of the response.
pub fn fetch(address: SocketAddr, request: Request<&'static str>) -> Response {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let stream = TcpStream::connect(address).await.unwrap();
        let (sender, connection) = client::handshake(stream).await.unwrap();
        tokio::spawn(connection);
        let mut sender = sender.ready().await.unwrap();
        let (head, body) = request.into_parts();
        let (response, mut upload) = sender
            .send_request(Request::from_parts(head, ()), body.is_empty())
            .unwrap();
        if !body.is_empty() {
            upload
                .send_data(Bytes::from_static(body.as_bytes()), true)
                .unwrap();
        }
        let (head, mut stream) = response.await.unwrap().into_parts();
        let mut body = Vec::new();
        while let Some(data) = stream.data().await {
            let data = data.unwrap();
            stream.flow_control().release_capacity(data.len()).unwrap();
            body.extend_from_slice(&data);
        }
        let trailers = stream.trailers().await.unwrap().unwrap_or_default();
        let headers = head
            .headers
            .iter()
            .chain(&trailers)
            .map(|(name, value)| {
                let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (name.to_string(), value)
            })
            .collect();
        Response {
            status: head.status.as_u16(),
            headers,
            body,
        }
    })
}
