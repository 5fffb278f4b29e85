using System.Text.Json.Nodes;
using Flotilla.ApiServer.Protobuf;
using Flotilla.ApiServer.Requests;
using Flotilla.ApiServer.Resources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.Protobuf;

/// <summary>Messages written by hand after the numbers in Kubernetes' .proto files, for what kubectl does not send.</summary>
public sealed class ProtobufReaderTests
{
    [Fact]
    public void Structs_that_go_embeds_are_part_of_the_object_around_them()
    {
        var pod = new Message
        {
            {
                2, new Message
                {
                    { 1, new Message { { 1, "none" }, { 2, new Message { { 2, new Message() } } } } },
                    { 1, new Message { { 1, "keys" }, { 2, new Message { { 6, new Message { { 1, "k" }, { 3, 420 } } } } } } },
                    {
                        2, new Message
                        {
                            { 1, "web" },
                            { 7, new Message { { 1, "A" }, { 3, new Message { { 3, new Message { { 1, new Message { { 1, "settings" } } }, { 2, "a" } } } } } } },
                            { 10, new Message { { 1, new Message { { 2, new Message { { 1, "/ready" }, { 2, Port("http") } } } } }, { 4, 7 } } },
                        }
                    },
                    { 34, new Message { { 1, new Message { { 1, "debug" }, { 18, 1 } } }, { 2, "web" } } },
                }
            },
        };
        Check("v1", "Pod", pod, """
            {
              "volumes": [{"name": "none", "emptyDir": {}}, {"name": "keys", "secret": {"secretName": "k", "defaultMode": 420}}],
              "containers": [{
                "name": "web",
                "env": [{"name": "A", "valueFrom": {"configMapKeyRef": {"name": "settings", "key": "a"}}}],
                "livenessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 7}
              }],
              "ephemeralContainers": [{"name": "debug", "tty": true, "targetContainerName": "web"}]
            }
            """);
    }

    [Fact]
    public void Repeated_numbers_may_be_packed_or_not() =>
        Check("v1", "Pod", new Message { { 2, new Message { { 4, -1 }, { 14, new Message { { 4, 7 }, { 4, Message.Packed(300, long.MaxValue) } } } } } },
            """{"terminationGracePeriodSeconds": -1, "securityContext": {"supplementalGroups": [7, 300, 9223372036854775807]}}""");

    [Fact]
    public void A_message_in_two_pieces_is_merged_and_of_two_scalars_the_last_counts() =>
        Check("v1", "Pod", new Message { { 2, new Message { { 4, 1 }, { 14, new Message { { 4, 7 } } } } }, { 2, new Message { { 4, 2 }, { 14, new Message { { 4, 8 } } } } } },
            """{"terminationGracePeriodSeconds": 2, "securityContext": {"supplementalGroups": [7, 8]}}""");

    [Fact]
    public void Fields_of_later_versions_are_passed_over() =>
        Check("v1", "Pod", new Message { { 2, new Message { { 9999, "x" }, { 9998, 1 }, { 9997, 1.5 }, { 4, 1 } } } }, """{"terminationGracePeriodSeconds": 1}""");

    [Fact]
    public void Lists_in_maps_are_wrapped_in_messages() =>
        Check("authorization.k8s.io/v1", "SubjectAccessReview",
            new Message { { 2, new Message { { 3, "jo" }, { 5, new Message { { 1, "team" }, { 2, new Message { { 1, "a" }, { 1, "b" } } } } }, { 5, new Message { { 1, "none" } } } } } },
            """{"user": "jo", "extra": {"team": ["a", "b"], "none": []}}""");

    [Theory]
    [InlineData(0, 0, "1970-01-01T00:00:00.000000Z")]
    [InlineData(-1, 1_999, "1969-12-31T23:59:59.000001Z")]
    [InlineData(1_700_000_000, 999_999_999, "2023-11-14T22:13:20.999999Z")]
    public void Times_are_seconds_and_nanoseconds(long seconds, int nanos, string expected) =>
        Check("coordination.k8s.io/v1", "Lease", new Message { { 2, new Message { { 3, new Message { { 1, seconds }, { 2, nanos } } } } } }, $$"""{"acquireTime": "{{expected}}"}""");

    [Fact]
    public void Metadata_has_times_that_are_not_set_and_fields_that_are_json()
    {
        var metadata = new Message
        {
            { 8, new Message() },
            { 9, new Message { { 1, 60 }, { 2, 5 } } },
            { 17, new Message { { 1, "me" }, { 7, new Message { { 1, """{"f:data":{"f:a":{}}}""" } } } } },
        };
        Check("v1", "ConfigMap", new Message { { 1, metadata } },
            """{"creationTimestamp": null, "deletionTimestamp": "1970-01-01T00:01:00Z", "managedFields": [{"manager": "me", "fieldsV1": {"f:data": {"f:a": {}}}}]}""", "metadata");
    }

    [Fact]
    public void Schemas_of_definitions_have_forms_of_their_own()
    {
        var schema = new Message
        {
            { 3, "x" },
            { 8, new Message { { 1, """{"a": [1]}""" } } },
            { 9, 2.5 },
            { 20, new Message { { 1, "\"one\"" } } },
            { 20, new Message { { 1, "null" } } },
            { 24, new Message { { 1, new Message { { 5, "string" } } } } },
            { 29, new Message { { 1, "free" }, { 2, new Message { { 30, new Message { { 1, 1 } } }, { 38, 1 } } } } },
            { 29, new Message { { 1, "closed" }, { 2, new Message { { 30, new Message { { 1, 0 } } } } } } },
            { 29, new Message { { 1, "map" }, { 2, new Message { { 30, new Message { { 1, 1 }, { 2, new Message { { 5, "integer" } } } } } } } } },
            { 29, new Message { { 1, "tuple" }, { 2, new Message { { 24, new Message { { 2, new Message { { 5, "a" } } }, { 2, new Message { { 5, "b" } } } } } } } } },
        };
        Check("apiextensions.k8s.io/v1", "CustomResourceDefinition", new Message { { 2, new Message { { 7, new Message { { 4, new Message { { 1, schema } } } } } } } }, """
            {"versions": [{"schema": {"openAPIV3Schema": {
              "$ref": "x", "default": {"a": [1]}, "maximum": 2.5, "enum": ["one", null], "items": {"type": "string"},
              "properties": {
                "free": {"additionalProperties": true, "x-kubernetes-preserve-unknown-fields": true},
                "closed": {"additionalProperties": false},
                "map": {"additionalProperties": {"type": "integer"}},
                "tuple": {"items": [{"type": "a"}, {"type": "b"}]}
              }
            }}}]}
            """);
    }

    [Fact]
    public void Options_of_any_group_are_read() =>
        Assert.Equal("""{"kind":"DeleteOptions","apiVersion":"example.com/v1","gracePeriodSeconds":0,"propagationPolicy":"Orphan"}""",
            ProtobufReader.Read(Message.Body("example.com/v1", "DeleteOptions", new Message { { 1, 0 }, { 4, "Orphan" } }), "v1", "DeleteOptions").ToJsonString());

    [Theory]
    [InlineData("policy/v1", "Eviction")]
    [InlineData("autoscaling/v1", "Scale")]
    [InlineData("v1", "Binding")]
    public void Kinds_of_subresources_are_read(string apiVersion, string kind) =>
        Check(apiVersion, kind, new Message { { 1, new Message { { 1, "a" } } } }, """{"name": "a"}""", "metadata");

    [Fact]
    public void An_envelope_without_a_type_is_of_the_expected_one() =>
        Assert.Equal("""{"kind":"Secret","apiVersion":"v1","data":{"a":"/w=="}}""",
            ProtobufReader.Read(Message.Body("", "", new Message { { 2, new Message { { 1, "a" }, { 2, new byte[] { 0xFF } } } } }), "v1", "Secret").ToJsonString());

    [Fact]
    public void Schemas_as_deep_as_json_may_not_be_are_refused()
    {
        var schema = new Message { { 5, "object" } };
        for (var i = 0; i < JsonText.MaxDepth; i++)
            schema = new Message { { 28, schema } };
        var body = Message.Body("apiextensions.k8s.io/v1", "CustomResourceDefinition", new Message { { 2, new Message { { 7, new Message { { 4, new Message { { 1, schema } } } } } } } });
        Assert.Contains("exceeded max depth", Refusal(body, "CustomResourceDefinition"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "the object provided is unrecognized (must be of type Pod): empty data (<empty>)")]
    [InlineData("k8s\0", "the object provided is unrecognized (must be of type Pod): empty body (6b387300)")]
    [InlineData("{}", "the object provided is unrecognized (must be of type Pod): provided data does not appear to be a protobuf message, expected prefix [107 56 115 0] ({})")]
    [InlineData("k8s\0\n", "the object provided is unrecognized (must be of type Pod): unexpected EOF (6b3873000a)")]
    [InlineData("k8s\0\n\u0005\u0012\u0003Pod\u0012\u0002\u0012\u0005", "Pod in version \"v1\" cannot be handled as a Pod: unexpected EOF")]
    [InlineData("k8s\0\n\u0005\u0012\u0003Pod\u0012\u0002\u0010\u0005", "Pod in version \"v1\" cannot be handled as a Pod: proto: wrong wireType = 0 for field Spec")]
    [InlineData("k8s\0\n\u0005\u0012\u0003Pod\u0012\u0001\u0013", "Pod in version \"v1\" cannot be handled as a Pod: proto: illegal wireType 3")]
    public void What_is_no_message_is_a_bad_request(string body, string expected) =>
        Assert.Equal(expected, Refusal(System.Text.Encoding.Latin1.GetBytes(body), "Pod"));

    [Fact]
    public void Custom_resources_have_no_protobuf_form()
    {
        var failure = Assert.Throws<ApiStatusException>(() => ObjectReader.Parse([], MediaTypes.Protobuf, "Fleet", new DecodingProblems(FieldValidation.Ignore)));
        Assert.Equal(415, failure.Status.Code);
    }

    private static Message Port(string name) => new() { { 1, 1 }, { 2, 0 }, { 3, name } };

    private static void Check(string apiVersion, string kind, Message obj, string expected, string part = "spec")
    {
        var read = ProtobufReader.Read(Message.Body(apiVersion, kind, obj), apiVersion, kind);
        var wanted = new JsonObject { ["kind"] = kind, ["apiVersion"] = apiVersion, [part] = JsonText.Parse(System.Text.Encoding.UTF8.GetBytes(expected)) };
        Assert.True(JsonNodeExtensions.DeepEquals(wanted, read), $"expected {wanted.ToJsonString()}\n but was {read.ToJsonString()}");
    }

    private static string Refusal(byte[] body, string kind)
    {
        var failure = Assert.Throws<ApiStatusException>(() => ObjectReader.Parse(body, MediaTypes.Protobuf, kind, new DecodingProblems(FieldValidation.Ignore), "v1"));
        Assert.Equal(400, failure.Status.Code);
        return failure.Status.Message;
    }
}
