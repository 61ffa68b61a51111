/* Copyright 2026 the tcpguard authors. SPDX-License-Identifier: Apache-2.0 */
package io.tcpguard.netty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketCloseStatus;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import java.util.Map;

/** The last word of a WebSocket server. */
@SuppressWarnings(
        "FutureReturnValueIgnored") // Netty reports to the promise, and to the pipeline what nobody listens to
final class WebSocketEnd {
    private WebSocketEnd() {}

    /**
     * From the end of the pipeline, so that the application's handlers know of it; the client closes next, and has the
     * usual time for it from when it may have read this.
     */
    static void tell(Channel channel, Ports ports) {
        for (Map.Entry<String, ChannelHandler> entry : channel.pipeline()) {
            if (entry.getValue() instanceof WebSocketFrameEncoder) {
                channel.writeAndFlush(new CloseWebSocketFrame(WebSocketCloseStatus.ENDPOINT_UNAVAILABLE))
                        .addListener(left -> {
                            if (left.isSuccess()) {
                                ConnectionEnd.closeSoon(channel, ports);
                            }
                        });
                return;
            }
        }
    }
}
