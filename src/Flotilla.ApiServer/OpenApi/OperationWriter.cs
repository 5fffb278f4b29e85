using System.Text.Json;

namespace Flotilla.ApiServer.OpenApi;

/// <summary>One operation of a path.</summary>
/// <param name="Method">HTTP method in lower case.</param>
/// <param name="Action">Kubernetes' word for it: <c>list</c>, <c>post</c>, <c>deletecollection</c>, <c>connect</c> ….</param>
/// <param name="Id">Unique name.</param>
/// <param name="Kind">What it is about: group, version, kind.</param>
/// <param name="Parameters">Query parameters.</param>
internal sealed record Operation(string Method, string Action, string Id, (string Group, string Version, string Kind) Kind, Parameter[] Parameters)
{
    public static readonly string[] Json = ["application/json", "application/yaml"];

    /// <summary>Type of the body; null for none.</summary>
    public string? Body { get; init; }

    public bool BodyRequired { get; init; } = true;

    public string[] Consumes { get; init; } = Json;

    /// <summary>Type of the answer; null for none.</summary>
    public string? Answer { get; init; }

    /// <summary>Codes of success besides 200.</summary>
    public (string Code, string Text)[] MoreAnswers { get; init; } = [];
}

/// <summary>Writes operations in either dialect; the types they speak of are remembered in <see cref="Referenced"/>.</summary>
internal sealed class OperationWriter(Utf8JsonWriter json, OpenApiDialect dialect)
{
    /// <summary>All types that operations speak of.</summary>
    public HashSet<string> Referenced { get; } = new(StringComparer.Ordinal);

    public void Write(Operation operation, string tag)
    {
        json.WriteStartObject(operation.Method);
        Strings("tags", [tag]);
        json.WriteString("operationId", operation.Id);
        if (dialect is OpenApiDialect.V2)
        {
            Strings("consumes", operation.Consumes);
            Strings("produces", Operation.Json);
        }
        json.WriteStartArray("parameters");
        foreach (var parameter in operation.Parameters)
            Write(parameter);
        if (dialect is OpenApiDialect.V2 && operation.Body is not null)
            SwaggerBody(operation);
        json.WriteEndArray();
        if (dialect is OpenApiDialect.V3 && operation.Body is not null)
        {
            json.WriteStartObject("requestBody");
            Content(operation.Consumes, operation.Body);
            if (operation.BodyRequired)
                json.WriteBoolean("required", true);
            json.WriteEndObject();
        }
        json.WriteStartObject("responses");
        Response("200", "OK", operation.Answer);
        foreach (var (code, text) in operation.MoreAnswers)
            Response(code, text, operation.Answer);
        Response("401", "Unauthorized", null);
        json.WriteEndObject();
        json.WriteString("x-kubernetes-action", operation.Action);
        json.WriteStartObject("x-kubernetes-group-version-kind");
        json.WriteString("group", operation.Kind.Group);
        json.WriteString("kind", operation.Kind.Kind);
        json.WriteString("version", operation.Kind.Version);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public void Write(Parameter parameter)
    {
        json.WriteStartObject();
        json.WriteString("name", parameter.Name);
        json.WriteString("in", parameter.InPath ? "path" : "query");
        json.WriteString("description", parameter.Description);
        if (parameter.InPath)
            json.WriteBoolean("required", true);
        if (dialect is OpenApiDialect.V3)
            json.WriteStartObject("schema");
        json.WriteString("type", parameter.Type);
        json.WriteBoolean("uniqueItems", true);
        if (dialect is OpenApiDialect.V3)
            json.WriteEndObject();
        json.WriteEndObject();
    }

    private void SwaggerBody(Operation operation)
    {
        json.WriteStartObject();
        json.WriteString("name", "body");
        json.WriteString("in", "body");
        if (operation.BodyRequired)
            json.WriteBoolean("required", true);
        Schema(operation.Body!);
        json.WriteEndObject();
    }

    private void Response(string code, string description, string? type)
    {
        json.WriteStartObject(code);
        json.WriteString("description", description);
        if (type is not null)
        {
            if (dialect is OpenApiDialect.V3)
                Content(Operation.Json, type);
            else
                Schema(type);
        }
        json.WriteEndObject();
    }

    private void Content(string[] mediaTypes, string type)
    {
        json.WriteStartObject("content");
        foreach (var mediaType in mediaTypes)
        {
            json.WriteStartObject(mediaType);
            Schema(type);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private void Schema(string type)
    {
        Referenced.Add(type);
        json.WritePropertyName("schema");
        SchemaWriter.WriteReference(json, dialect, type);
    }

    private void Strings(string name, string[] values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }
}
