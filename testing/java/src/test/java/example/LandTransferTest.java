package example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/** A land transfer, seen by a test: handed in over HTTP, awaited, and read from the land office's inbox by Apache's own client. */
class LandTransferTest {
    static final int HTTP = 8080;
    static final int KAFKA = 29092;
    static final String LAND_OFFICE = "VN.GOV.H37.15.ilis";

    static final DockerImageName IMAGE = DockerImageName.parse(System.getenv().getOrDefault("LGSP_IMAGE", "lgsp-sim:latest"));

    static final GenericContainer<?> lgsp = new GenericContainer<>(IMAGE)
            .withExposedPorts(HTTP, KAFKA)
            .withEnv("LGSP_KAFKA_HOST_ADVERTISED", "later") // the mapped port is known once it runs
            .waitingFor(Wait.forHttp("/_lgsp/listeners").forPort(HTTP));

    @BeforeAll
    static void start() throws Exception {
        lgsp.start();
        ask("PUT", "/_lgsp/listeners/host", "{\"advertised\": \"" + kafka() + "\"}");
        Wait.forHttp("/_lgsp/health").forPort(HTTP).waitUntilReady(lgsp); // every part is well
    }

    @AfterAll
    static void stop() {
        lgsp.stop();
    }

    static String kafka() {
        return lgsp.getHost() + ":" + lgsp.getMappedPort(KAFKA);
    }

    @Test
    void aSaleBringsANoticeToTheLandOffice() throws Exception {
        String form = ask("GET", "/_lgsp/samples/transfer", "").toString(); // valid for its land register
        String dossier = ask("POST", "/dvc/ho-so", form).get("MaHoSo").asText();

        JsonNode crossed = ask("GET", "/_lgsp/messages?contract=tax.payment-notice&wait=30&about=" + dossier, "").at("/messages/0");
        assertTrue(crossed.at("/payload/total").asLong() > 0, crossed::toString);

        ConsumerRecord<String, String> delivered = fromInbox(LAND_OFFICE, crossed.at("/headers/ce_id").asText());
        assertEquals(dossier, delivered.key());
        assertEquals(crossed.get("payload"), JSON.readTree(delivered.value()));
    }

    /** The record with this CloudEvents id. A group of its own: it only looks, and takes nothing from the member. */
    static ConsumerRecord<String, String> fromInbox(String member, String id) {
        Map<String, Object> settings =
                Map.of("bootstrap.servers", kafka(), "group.id", "a-test", "auto.offset.reset", "earliest");
        try (var inbox = new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            inbox.subscribe(List.of("lgsp.inbox." + member));
            for (long until = System.nanoTime() + Duration.ofSeconds(30).toNanos(); System.nanoTime() < until; ) {
                for (var record : inbox.poll(Duration.ofMillis(500))) {
                    if (id.equals(new String(record.headers().lastHeader("ce_id").value()))) {
                        return record;
                    }
                }
            }
        }
        throw new AssertionError("no message " + id + " in the inbox of " + member);
    }

    static final ObjectMapper JSON = new ObjectMapper();
    static final HttpClient CLIENT = HttpClient.newHttpClient();

    /** The answer's JSON; a refusal fails the test with its reasons. */
    static JsonNode ask(String method, String path, String body) throws Exception {
        URI where = URI.create("http://" + lgsp.getHost() + ":" + lgsp.getMappedPort(HTTP) + path);
        HttpRequest request = HttpRequest.newBuilder(where)
                .method(method, BodyPublishers.ofString(body))
                .header("content-type", "application/json")
                .build();
        var answer = CLIENT.send(request, BodyHandlers.ofString());
        assertTrue(answer.statusCode() < 300, answer::body);
        return JSON.readTree(answer.body());
    }
}
