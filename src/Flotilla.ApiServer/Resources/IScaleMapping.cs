using System.Text.Json.Nodes;

namespace Flotilla.ApiServer.Resources;

/// <summary>How replicas are read from and written to an object that can be scaled.</summary>
internal interface IScaleMapping
{
    /// <summary>Where the wanted replicas are in the object: names of fields.</summary>
    IReadOnlyList<string> ReplicasPath { get; }

    /// <summary>The autoscaling/v1 Scale of an object, as a GET shows it.</summary>
    JsonObject Read(JsonObject obj);

    /// <summary>The Scale that a change starts from.</summary>
    JsonObject ReadForUpdate(JsonObject obj);

    /// <summary>Writes the wanted replicas of a Scale into the object, in place.</summary>
    void Write(JsonObject obj, JsonObject changed);
}
