using Flotilla.Core.Releases;

namespace Flotilla.Core.Tests.Releases;

/// <summary>Every mistake is told with object, field, line and remedy.</summary>
public sealed class ErrorTests
{
    private const string ConfigMap = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
    private const string Source = "Component/till: spec.versions[0].source.inline: ";
    private const string Patch = "Component/till: spec.versions[0].patches[0]";

    /// <summary>Manifest; the rest of the version; values; the problem.</summary>
    public static TheoryData<string, string, string, string> Mistakes => new()
    {
        { ConfigMap + "data: {x: '${nope}'}", "", "[]", Source + "line 4: v1/ConfigMap/default/a: data.x: unknown placeholder ${nope}: this version has no parameters; declare the parameter nope, or write $${nope} if the text is meant as such" },
        { ConfigMap + "data:\n  y: 1\n  x: '${site.name}'", "", "[]", Source + "line 6: v1/ConfigMap/default/a: data.x: ${site.name} is used outside of a stack's values; declare a parameter, use it here, and let the stack give it this value" },
        { ConfigMap + "data: {x: '${open'}", "", "[]", Source + "line 4: v1/ConfigMap/default/a: data.x: '${' without '}' in \"${open\"; write $$ for a dollar that is meant as such" },
        { ConfigMap + "data: {x: '${a b}'}", "", "[]", Source + "line 4: v1/ConfigMap/default/a: data.x: '${a b}' is no placeholder: a name has letters, digits, '-', '_', '.' and '/'; write $$ for a dollar that is meant as such" },
        { ConfigMap + "data: {x: '${p}'}", "parameters: [{name: p}]", "[]", Source + "line 4: v1/ConfigMap/default/a: data.x: parameter p has neither a value nor a default; give it a value in the stack, or a default in the component" },
        { ConfigMap, "parameters: [{name: p, required: true}]", "[]", "Stack/shop: spec.slots[0].use[0].values: till 1.0.0 needs a value for p; add {name: p, value: …}" },
        { ConfigMap, "parameters: [{name: p}]", "[{name: q, value: x}]", "Stack/shop: spec.slots[0].use[0].values[0].name: till 1.0.0 has no parameter q: it has the parameters p; mend the name, or declare the parameter" },
        { ConfigMap, "parameters: [{name: p}]", "[{name: p, value: x}, {name: p, value: y}]", "Stack/shop: spec.slots[0].use[0].values[1].name: parameter p is given twice; remove one" },
        { ConfigMap, "parameters: [{name: p, type: integer}]", "[{name: p, value: '012'}]", "Stack/shop: spec.slots[0].use[0].values[0].value: parameter p: \"012\" is no integer; give it a value of type integer" },
        { ConfigMap, "parameters: [{name: p, type: boolean}]", "[{name: p, value: 'yes'}]", "Stack/shop: spec.slots[0].use[0].values[0].value: parameter p: \"yes\" is no boolean; give it a value of type boolean" },
        { ConfigMap, "parameters: [{name: p, type: number, default: '1_0'}]", "[]", "Component/till: spec.versions[0].parameters[0].default: parameter p: \"1_0\" is no number; give it a value of type number" },
        { ConfigMap, "parameters: [{name: p, type: text}]", "[]", "Component/till: spec.versions[0].parameters[0].type: \"text\" is no type; use string, integer, number or boolean" },
        { ConfigMap, "parameters: [{name: p}]", "[{name: p, value: '${tills}'}]", "Stack/shop: spec.slots[0].use[0].values[0].value: unknown placeholder ${tills}; values of a stack may use ${site.NAME}; write $$ for a dollar that is meant as such" },
        { ConfigMap + "data: {x: '${p}'}", "parameters: [{name: p}]", "[{name: p, value: '${site.nope}'}]", "Site/store-1: spec.parameters[nope]: ${site.nope} is not known, and parameter p of till 1.0.0 takes it; add it to the site" },
        { ConfigMap + "data: {x: '${p}'}", "parameters: [{name: p}]", "[{name: p, value: '${site.country}'}]", "Site/store-1: spec.location.country: ${site.country} is not known, and parameter p of till 1.0.0 takes it; add it to the site" },
        { ConfigMap + "data: {x: '${p}'}", "parameters: [{name: p}]", "[{name: p, value: '${site.labels.wing}'}]", "Site/store-1: metadata.labels[wing]: ${site.labels.wing} is not known, and parameter p of till 1.0.0 takes it; add it to the site" },
        { ConfigMap + "data: {x: '${p}'}", "parameters: [{name: p, type: integer}]", "[{name: p, value: '${site.name}'}]", "Site/store-1: spec.parameters: parameter p of till 1.0.0: \"store-1\" is no integer; let the site give a value of type integer" },
        { "a: [1", "", "[]", Source + "line 2: not YAML: " },
        { "- a\n- b", "", "[]", Source + "line 1: a manifest must be an object; remove it, or mend the indentation" },
        { "# nothing", "", "[]", "Component/till: spec.versions[0].source: has no objects; add some" },
        { "kind: Pod\nmetadata: {name: a}", "", "[]", "line 1: /Pod/a: apiVersion: is missing or no text; add it, as apps/v1" },
        { "apiVersion: v1\nkind: Pod\nmetadata:\n  generateName: a-", "", "[]", "line 4: v1/Pod/: metadata.generateName: a name that a server makes is another one each time; give the object a name" },
        { "apiVersion: v1\nkind: Pod\nmetadata:\n  name: 42", "", "[]", "line 4: v1/Pod/: metadata.name: is missing or no text; add a name (a number must be quoted)" },
        { ConfigMap + "data: {x: a, x: b}", "", "[]", Source + "line 4: key x stands twice in one mapping; remove one" },
        { ConfigMap + "---\n" + ConfigMap, "", "[]", Source + "line 5: v1/ConfigMap/default/a is declared twice by component till, before at line 1 of its manifest; remove one" },
        { ConfigMap, "patches: [{target: {kind: Deployment}, merge: {}}]", "[]", Patch + ".target: picks none of the 1 objects of till 1.0.0; mend the target, or remove the patch" },
        { ConfigMap, "patches: [{target: {labelSelector: '!'}, merge: {}}]", "[]", Patch + ".target.labelSelector: " },
        { ConfigMap, "patches: [{target: {}}]", "[]", Patch + ": exactly one of strategic, merge and json must be set; remove the others, or add one" },
        { ConfigMap, "patches: [{target: {}, merge: [1]}]", "[]", Patch + ".merge: a merge patch is an object; mend the patch" },
        { ConfigMap, "patches: [{target: {}, json: {op: add}}]", "[]", Patch + ".json: a JSON patch is a list of operations; mend the patch" },
        { ConfigMap, "patches: [{target: {}, merge: {data: {x: '${nope}'}}}]", "[]", Patch + ".merge.data.x: unknown placeholder ${nope}" },
        { ConfigMap, "patches: [{target: {}, json: [{op: remove, path: /data/x}]}]", "[]", Patch + ": does not apply to v1/ConfigMap/default/a (line 1 of its manifest): " },
        { ConfigMap, "patches: [{target: {}, strategic: {nope: {x: {}}}}, {target: {}, strategic: {nope: {x: {y: 1}}}}]", "[]", "Component/till: spec.versions[0].patches[1]: does not apply to v1/ConfigMap/default/a (line 1 of its manifest): " },
        { ConfigMap, "patches: [{target: {}, merge: {metadata: {name: null}}}]", "[]", Source + "line 3: v1/ConfigMap/default/a: metadata.name: is missing or no text once placeholders and patches are applied" },
        { ConfigMap, "requires: [{role: network}]", "[]", "Stack/shop: spec.slots[0].use[0]: till 1.0.0 requires a component with the role network; add it to the stack" },
        { ConfigMap, "requires: [{component: a, role: b}]", "[]", "Component/till: spec.versions[0].requires[0]: exactly one of role and component must be set; remove one, or add one" },
        { ConfigMap, "requires: [{component: a, versions: '>=a.b'}]", "[]", "Component/till: spec.versions[0].requires[0].versions: " },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_told(string manifest, string version, string values, string expected) =>
        Assert.Contains(expected, Shop.With(manifest, version, values).Problems());

    [Fact]
    public void Problems_between_components_name_both()
    {
        var problems = Declared.Parse("""
            kind: Component
            metadata: {name: a}
            spec: {role: ingress, versions: [{version: 1.0.0, source: {inline: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}"}, conflicts: [{component: b, versions: "<3"}]}]}
            ---
            kind: Component
            metadata: {name: b}
            spec: {role: mesh, versions: [{version: 2.0.0, source: {inline: "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}"}, requires: [{component: a, versions: ">=2"}]}]}
            ---
            kind: Stack
            metadata: {name: shop}
            spec:
              slots:
              - {role: ingress, use: [{component: a, version: 1.0.0}]}
              - {role: mesh, use: [{component: b, version: 2.0.0}], after: [storage]}
              - {role: policy, use: [{component: a, version: 9.0.0}, {component: c, version: 1.0.0}]}
            """).Compile().Problems;

        Assert.Equal(
        [
            "Component/b: spec.versions[0].source.inline: line 1: v1/Namespace/web is declared by component b and by component a at line 1 of its manifest; remove it from one of them, by a patch with $patch: delete or another name",
            "Stack/shop: spec.slots[0].use[0]: a 1.0.0 conflicts with b 2.0.0 (component b in a version <3); remove one of them from the stack",
            "Stack/shop: spec.slots[1].after[0]: no slot has the role storage; mend the role, or remove it",
            "Stack/shop: spec.slots[1].use[0]: b 2.0.0 requires component a in a version >=2, but the stack has a 1.0.0; add it to the stack",
            "Stack/shop: spec.slots[2].use[0].component: a has the role ingress, the slot is for policy; use it in a slot with role ingress",
            "Stack/shop: spec.slots[2].use[0].version: Component a has no version 9.0.0; it has 1.0.0; choose one of those, or add the version",
            "Stack/shop: spec.slots[2].use[1].component: there is no Component c; apply it, or mend the name",
        ], problems.Select(p => p.ToString()));
    }

    [Fact]
    public void A_circle_is_shown()
    {
        var problem = Assert.Single(Ordered("a: [b]", "b: [c]", "c: [b]").Compile().Problems);

        Assert.Equal("Stack/shop: spec.slots[0].use[1]: components wait for each other: b → c → b; remove one of these from requires or after", problem.ToString());
    }

    [Fact]
    public void Components_come_after_what_they_require_and_else_by_name()
    {
        var declared = Ordered("a: [d]", "b: []", "c: [b, d]", "d: []");

        Assert.Equal(["b", "d", "a", "c"], declared.Revision().Order);
        Assert.Equal(["b", "d"], ReleaseCompiler.Compile(declared.Revision(), new SiteInputs("x")).Release!.Document.Components[^1].After);
    }

    [Fact]
    public void What_is_not_fetched_yet_is_waited_for()
    {
        var declared = Shop.With(ConfigMap);
        var digest = new string('a', 64);
        var version = declared.Components[0].Spec.Versions[0] with { Source = new() { Http = new() { Url = "https://example.com/a.yaml", Sha256 = digest } } };
        var waiting = declared with { Components = [declared.Components[0] with { Spec = declared.Components[0].Spec with { Versions = [version] } }] };

        var outcome = waiting.Compile();
        Assert.Equal("Component/till: spec.versions[0].source.http: https://example.com/a.yaml is not here yet; wait until it is fetched, or upload it", string.Join('\n', outcome.Problems));
        Assert.True(outcome.IsWaiting);
        Assert.NotNull((waiting with { Content = new Dictionary<string, byte[]> { ["sha256:" + digest] = System.Text.Encoding.UTF8.GetBytes(ConfigMap) } }).Compile().Revision);
    }

    [Fact]
    public void Lists_are_taken_apart()
    {
        var release = Shop.With("""
            apiVersion: v1
            kind: List
            items:
            - {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
            - apiVersion: v1
              kind: ConfigMapList
              items:
              - {metadata: {name: b}}
              - {metadata: {name: c, namespace: shop}}
            """).Release();

        Assert.Equal(["v1/ConfigMap/default/a", "v1/ConfigMap/default/b", "v1/ConfigMap/shop/c"], release.Objects().Select(o => o.Content.Id().ToString()));
    }

    [Fact]
    public void A_bad_item_of_a_list_is_at_its_line() =>
        Assert.Contains("line 6: v1/ConfigMap/: metadata.name: is missing", Shop.With("apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n- apiVersion: v1\n  metadata: {}\n  kind: ConfigMap").Problems());

    private static Declared Ordered(params string[] components)
    {
        var text = new System.Text.StringBuilder();
        foreach (var component in components)
        {
            var (name, needs) = (component[..1], component[3..].Trim('[', ']').Split(", ", StringSplitOptions.RemoveEmptyEntries));
            text.Append($$"""
                kind: Component
                metadata: {name: {{name}}}
                spec: {role: application, versions: [{version: 1.0.0, source: {inline: "apiVersion: v1\nkind: Namespace\nmetadata: {name: {{name}} }"}, requires: [{{string.Join(", ", needs.Select(n => $"{{component: {n}}}"))}}]}]}
                ---

                """);
        }
        text.Append($$"""
            kind: Stack
            metadata: {name: shop}
            spec: {slots: [{role: application, use: [{{string.Join(", ", components.Select(c => $"{{component: {c[..1]}, version: 1.0.0}}"))}}]}]}
            """);
        return Declared.Parse(text.ToString());
    }
}
