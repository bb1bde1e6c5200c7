using System.Text.Json.Serialization;

namespace Nines.Host.Api;

/// <summary>A set of volumes by their ids, <c>vol-…</c>.</summary>
[JsonConverter(typeof(Json))]
public sealed class VolumeIds : IdSet
{
    /// <summary>No volume.</summary>
    public static readonly VolumeIds None = new([]);

    private VolumeIds(IEnumerable<string> ids)
        : base(ids)
    {
    }

    /// <summary>A set of these.</summary>
    public static VolumeIds Of(IEnumerable<string> ids) => new VolumeIds(ids) is { All.Count: > 0 } set ? set : None;

    internal sealed class Json() : Converter<VolumeIds>(Of);
}
