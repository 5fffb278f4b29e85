using Flotilla.ApiServer.Kinds.Decoding;
using Flotilla.ApiServer.Protobuf;
using Flotilla.Kubernetes.Json;
using Flotilla.Kubernetes.Schemas;

namespace Flotilla.ApiServer.Tests.Protobuf;

public sealed class MessageFieldsTests
{
    [Fact]
    public void The_messages_have_the_fields_that_the_json_of_each_type_has()
    {
        foreach (var (name, source) in BuiltInTypes.Instance.Source)
        {
            if (GoType.Of(BuiltInTypes.Instance.Type(name)).Form != GoForm.Struct)
                continue;
            var fields = Names(MessageFields.Of(name)).Order(StringComparer.Ordinal);
            // Kind and apiVersion of an object are in the envelope.
            var isKind = source.Array("x-kubernetes-group-version-kind") is not null;
            var properties = GoType.Of(BuiltInTypes.Instance.Type(name)).Fields.Keys.Where(p => !IsHead(name, p, isKind)).Order(StringComparer.Ordinal);
            Assert.True(properties.SequenceEqual(fields), $"{name}: {string.Join(' ', properties)}, but the message has {string.Join(' ', fields)}");
        }
    }

    private static bool IsHead(string name, string property, bool isKind) =>
        property is "kind" or "apiVersion" && (isKind || name.StartsWith("io.k8s.apimachinery.pkg.apis.meta.v1.API", StringComparison.Ordinal)) && !MessageFields.Of(name).All.Any(f => f.Name == property);

    private static IEnumerable<string> Names(MessageFields fields) =>
        fields.All.SelectMany(field => field.Inlined is { } inlined ? Names(inlined) : [field.Name]);
}
