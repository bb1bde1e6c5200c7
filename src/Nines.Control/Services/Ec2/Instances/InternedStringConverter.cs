using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nines.Control.Services.Ec2.Instances;

/// <summary>
/// Reads a string that many records share (an account, a zone, an instance type) as one object. Only for values of which
/// there are few: interned strings are never freed.
/// </summary>
internal sealed class InternedStringConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? string.Intern(text) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteStringValue(value);
}
