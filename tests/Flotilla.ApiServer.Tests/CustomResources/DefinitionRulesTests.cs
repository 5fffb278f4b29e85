using System.Text;
using System.Text.Json.Nodes;
using Flotilla.ApiServer.CustomResources;
using Flotilla.Kubernetes.Errors;
using Flotilla.Kubernetes.Json;

namespace Flotilla.ApiServer.Tests.CustomResources;

public sealed class DefinitionRulesTests
{
    private const string Root = "spec.validation.openAPIV3Schema";
    private static readonly CustomResourceDefinitionRules Rules = new();

    [Theory]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", $"{Root}.type: Required value: must not be empty at the root")]
    [InlineData("""{"type":"array","items":{"type":"string"}}""", $"{Root}.type: Invalid value: \"array\": must be object at the root")]
    [InlineData("""{"type":"object","properties":{"a":{}}}""", $"{Root}.properties[a].type: Required value: must not be empty for specified object fields")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array","items":{}}}}""", $"{Root}.properties[a].items.type: Required value: must not be empty for specified array items")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"array"}}}""", $"{Root}.properties[a].items: Required value: must be specified")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"text"}}}""", $"{Root}.properties[a].type: Unsupported value: \"text\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", \"string\"")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"string"}}""", $"{Root}.additionalProperties: Forbidden: must not be used at the root")]
    [InlineData("""{"type":"object","nullable":true}""", $"{Root}.nullable: Forbidden: nullable cannot be true at the root")]
    [InlineData("""{"type":"object","properties":{"metadata":{"type":"object","properties":{"labels":{"type":"object"}}}}}""", $"{Root}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","pattern":"("}}}""", $"{Root}.properties[a].pattern: Invalid value: \"(\": must be a valid regular expression, but isn't: error parsing regexp: missing closing ): `(`")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}},"anyOf":[{"properties":{"b":{"minLength":1}}}]}""", $"{Root}.properties[b]: Required value: because it is defined in {Root}.anyOf[0].properties[b]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","oneOf":[{"type":"string","description":"x"}]}}}""", $"{Root}.properties[a].oneOf[0].description: Forbidden: must be empty to be structural | {Root}.properties[a].oneOf[0].type: Forbidden: must be empty to be structural")]
    [InlineData("""{"type":"object","properties":{"a":{"x-kubernetes-int-or-string":true,"anyOf":[{"type":"integer"},{"type":"string"}]}}}""", "")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string","uniqueItems":true}}}""", $"{Root}.properties[a].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","properties":{"x":{"type":"string"}},"additionalProperties":{"type":"string"}}}}""", $"{Root}.properties[a].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive")]
    [InlineData("""{"type":"object","properties":{"a":{"$ref":"#/x","type":"string"}}}""", $"{Root}.properties[a].$ref: Forbidden: $ref is not supported")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","x-kubernetes-preserve-unknown-fields":false}}}""", $"{Root}.properties[a].x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"object","x-kubernetes-embedded-resource":true}}}""", $"{Root}.properties[a].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields")]
    public void Schemas_must_be_structural(string schema, string expected) => Assert.Equal(expected, Errors(Definition(schema)));

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string"},"x-kubernetes-list-type":"bag"}""", "a].x-kubernetes-list-type: Unsupported value: \"bag\": supported values: \"atomic\", \"set\", \"map\"")]
    [InlineData("""{"type":"string","x-kubernetes-list-type":"set"}""", "a].type: Invalid value: \"string\": must be array if x-kubernetes-list-type is specified")]
    [InlineData("""{"type":"array","items":{"type":"object"},"x-kubernetes-list-type":"set"}""", "a].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set")]
    [InlineData("""{"type":"array","items":{"type":"object"},"x-kubernetes-list-type":"map"}""", "a].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map")]
    [InlineData("""{"type":"array","items":{"type":"object","properties":{"k":{"type":"string"}}},"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"]}""", "a].items.properties[k].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property")]
    [InlineData("""{"type":"array","items":{"type":"object","required":["x"],"properties":{"k":{"type":"string"}}},"x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["x"]}""", "a].x-kubernetes-list-map-keys: Invalid value: [\"x\"]: entries must all be names of item properties")]
    [InlineData("""{"type":"object","x-kubernetes-map-type":"bag"}""", "a].x-kubernetes-map-type: Unsupported value: \"bag\": supported values: \"atomic\", \"granular\"")]
    [InlineData("""{"type":"integer","default":"x"}""", "a].default: Invalid value: \"string\":  in body must be of type integer: \"string\"")]
    [InlineData("""{"type":"object","default":{"odd":1}}""", "a].default: Invalid value: {\"odd\":1}: must not have unknown fields")]
    [InlineData("""{"type":"integer","default":9,"maximum":5}""", "a].default: Invalid value: 9:  in body should be less than or equal to 5")]
    [InlineData("""{"type":"integer","x-kubernetes-validations":[{"rule":" "}]}""", "a].x-kubernetes-validations[0].rule: Required value: rule is not specified")]
    [InlineData("""{"type":"integer","x-kubernetes-validations":[{"rule":"true","reason":"Odd"}]}""", "a].x-kubernetes-validations[0].reason: Unsupported value: \"Odd\": supported values: \"FieldValueDuplicate\", \"FieldValueForbidden\", \"FieldValueInvalid\", \"FieldValueRequired\"")]
    [InlineData("""{"type":"object","properties":{"x":{"type":"string"}},"x-kubernetes-validations":[{"rule":"true","fieldPath":".y"}]}""", "a].x-kubernetes-validations[0].fieldPath: Invalid value: \".y\": must be a valid path")]
    [InlineData("""{"type":"integer","x-kubernetes-validations":[{"rule":"1"}]}""", "a].x-kubernetes-validations[0].rule: Invalid value: {\"Rule\":\"1\",\"Message\":\"\",\"MessageExpression\":\"\",\"Reason\":null,\"FieldPath\":\"\",\"OptionalOldSelf\":null}: cel expression must evaluate to a bool")]
    [InlineData("""{"type":"array","items":{"type":"integer","x-kubernetes-validations":[{"rule":"self == oldSelf"}]}}""", "a].items.x-kubernetes-validations[0].rule: Invalid value: \"self == oldSelf\": oldSelf cannot be used on the uncorrelatable portion of the schema within spec.validation.openAPIV3Schema.properties[a]")]
    [InlineData("""{"type":"integer","x-kubernetes-validations":[{"rule":"self > 0","optionalOldSelf":true}]}""", "a].x-kubernetes-validations[0].optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule")]
    [InlineData("""{"type":"integer","default":0,"x-kubernetes-validations":[{"rule":"self > 0"}]}""", "a].default: Invalid value: 0: failed rule: self > 0")]
    public void Parts_of_schemas_must_make_sense(string property, string expected)
    {
        Assert.Equal($"{Root}.properties[" + expected, Errors(Definition($$"""{"type":"object","properties":{"a":{{property}} } }""")));
    }

    [Theory]
    [InlineData("""{"type":"array","items":{"type":"string"},"x-kubernetes-validations":[{"rule":"self.all(x, self.all(y, x == y))"}]}""", "spec.validation.openAPIV3Schema.properties[a].x-kubernetes-validations[0].rule spec.validation.openAPIV3Schema.properties[a].x-kubernetes-validations[0].rule spec.validation.openAPIV3Schema")]
    [InlineData("""{"type":"array","maxItems":9,"items":{"type":"string","maxLength":9},"x-kubernetes-validations":[{"rule":"self.all(x, self.all(y, x == y))"}]}""", "")]
    [InlineData("""{"type":"array","items":{"type":"string","x-kubernetes-validations":[{"rule":"self.contains('a')"}]}}""", "spec.validation.openAPIV3Schema.properties[a].items.x-kubernetes-validations[0].rule spec.validation.openAPIV3Schema.properties[a].items.x-kubernetes-validations[0].rule spec.validation.openAPIV3Schema")]
    public void Rules_must_not_cost_too_much(string property, string fields)
    {
        var definition = Definition($$"""{"type":"object","properties":{"a":{{property}} } }""");
        Assert.Equal(fields, string.Join(' ', Rules.Validate(definition).Where(e => e.Type == FieldErrorType.Forbidden).Select(e => e.Field)));
    }

    [Theory]
    [InlineData("/spec/group", "\"nodots\"", "metadata.name spec.group")]
    [InlineData("/spec/scope", "\"Planet\"", "spec.scope")]
    [InlineData("/spec/names/kind", "\"\"", "spec.names.kind")]
    [InlineData("/spec/names/listKind", "\"Thing\"", "spec.names.listKind")]
    [InlineData("/spec/names/shortNames", "[\"X\"]", "spec.names.shortNames[0]")]
    [InlineData("/spec/versions/0/storage", "false", "spec.versions")]
    [InlineData("/spec/versions/0/name", "\"1\"", "spec.versions[0].name status.storedVersions status.storedVersions[0]")]
    [InlineData("/spec/versions/0/schema", "null", "spec.versions[0].schema.openAPIV3Schema")]
    [InlineData("/spec/versions/0/deprecationWarning", "\"x\"", "spec.versions[0].deprecationWarning")]
    [InlineData("/spec/versions/0/subresources", """{"scale":{"specReplicasPath":".x.y","statusReplicasPath":"z"}}""", "spec.subresources.scale.specReplicasPath spec.subresources.scale.statusReplicasPath")]
    [InlineData("/spec/versions/0/additionalPrinterColumns", """[{"name":"A","type":"odd","jsonPath":".x"},{"jsonPath":""}]""", "spec.additionalPrinterColumns[0].type spec.additionalPrinterColumns[1].name spec.additionalPrinterColumns[1].type spec.additionalPrinterColumns[1].JSONPath")]
    [InlineData("/spec/versions/0/selectableFields", """[{"jsonPath":".spec.a"},{"jsonPath":".spec.b"},{"jsonPath":".metadata.name"}]""", "spec.selectableFields[1].jsonPath spec.selectableFields[2].jsonPath")]
    [InlineData("/spec/conversion", """{"strategy":"Webhook"}""", "spec.conversion.webhookClientConfig spec.conversion.conversionReviewVersions")]
    [InlineData("/spec/preserveUnknownFields", "true", "spec.preserveUnknownFields")]
    public void Definitions_must_make_sense(string pointer, string value, string fields)
    {
        var definition = Definition("""{"type":"object","properties":{"spec":{"type":"object","properties":{"a":{"type":"string"}}}}}""");
        Set(definition, pointer, JsonText.Parse(Encoding.UTF8.GetBytes(value)));
        Assert.Equal(fields, string.Join(' ', Rules.Validate(definition).Select(e => e.Field)));
    }

    [Fact]
    public void Versions_that_differ_name_their_own_schemas()
    {
        var definition = Definition("""{"type":"object"}""");
        var versions = definition.Object("spec").Array("versions")!;
        versions.Add(JsonText.Parse("""{"name":"v2","served":true,"storage":false,"schema":{"openAPIV3Schema":{"type":"object","properties":{"a":{}}}}}"""u8));
        Assert.Equal("spec.versions[1].schema.openAPIV3Schema.properties[a].type", Assert.Single(Rules.Validate(definition)).Field);
    }

    [Fact]
    public void A_change_may_keep_what_was_broken_but_not_the_identity()
    {
        var old = Definition("""{"type":"object","properties":{"a":{"type":"array","x-kubernetes-list-type":"set","items":{"type":"object"}}}}""");
        DefinitionConditions.Set(old, DefinitionCondition.True("Established", "R", "m"), DateTimeOffset.UnixEpoch);
        var changed = (JsonObject)old.DeepClone();
        Set(changed, "/spec/names/shortNames", new JsonArray("th"));
        Assert.Empty(Rules.ValidateUpdate(changed, old));
        Set(changed, "/spec/scope", "Cluster");
        Set(changed, "/spec/group", "other.example.com");
        Set(changed, "/spec/names/plural", "others");
        Assert.Equal(["spec.scope", "spec.group", "spec.names.plural"], Rules.ValidateUpdate(changed, old).Select(e => e.Field));
    }

    [Fact]
    public void A_version_that_was_stored_cannot_go()
    {
        var old = Definition("""{"type":"object"}""");
        var changed = (JsonObject)old.DeepClone();
        Set(changed, "/spec/versions/0/name", "v2");
        Rules.PrepareForUpdate(changed, old);
        Assert.Equal("""["v1","v2"]""", changed.Object("status")!["storedVersions"]!.ToJsonString());
        Assert.Equal("status.storedVersions[0]", Assert.Single(Rules.ValidateUpdate(changed, old)).Field);
    }

    [Fact]
    public void Groups_of_the_project_need_an_approval()
    {
        var definition = Definition("""{"type":"object"}""");
        Set(definition, "/spec/group", "demo.k8s.io");
        Set(definition, "/metadata/name", "things.demo.k8s.io");
        Assert.Equal("metadata.annotations[api-approved.kubernetes.io]", Assert.Single(Rules.Validate(definition)).Field);
        Set(definition, "/metadata/annotations", new JsonObject { ["api-approved.kubernetes.io"] = "https://github.com/kubernetes/kubernetes/pull/1" });
        Assert.Empty(Rules.Validate(definition));
        DefinitionStatus.Update(definition, [], DateTimeOffset.UnixEpoch);
        Assert.Equal("ApprovedAnnotation", DefinitionConditions.Find(definition, "KubernetesAPIApprovalPolicyConformant").String("reason"));
    }

    [Fact]
    public void Formats_that_nobody_checks_are_warned_of_once()
    {
        var definition = Definition("""{"type":"object","properties":{"a":{"type":"string","format":"odd"},"b":{"type":"string","format":"odd"},"c":{"type":"integer","format":"int32"}}}""");
        Assert.Equal(["unrecognized format \"odd\""], Rules.Warnings(definition, null));
        Assert.Empty(Rules.Warnings(definition, definition));
    }

    private static string Errors(JsonObject definition) => string.Join(" | ", Rules.Validate(definition));

    internal static JsonObject Definition(string schema)
    {
        var definition = (JsonObject)JsonText.Parse(Encoding.UTF8.GetBytes($$"""
            {"metadata":{"name":"things.example.com"},
             "spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"things","kind":"Thing"},
                     "versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{{schema}} } }] } }
            """))!;
        Rules.Default(definition);
        Rules.PrepareForCreate(definition);
        return definition;
    }

    private static void Set(JsonObject obj, string pointer, JsonNode? value)
    {
        JsonNode node = obj;
        var parts = pointer.Split('/')[1..];
        foreach (var part in parts[..^1])
            node = node is JsonArray list ? list[int.Parse(part, System.Globalization.CultureInfo.InvariantCulture)]! : node[part]!;
        node[parts[^1]] = value;
    }
}
