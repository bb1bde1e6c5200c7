using System.Globalization;

namespace Nines.Control.Services.Ec2.InstanceTypes;

/// <summary>One line of a data file: values between commas, read by the names in the file's last comment line.</summary>
internal sealed class CsvRow
{
    private readonly string[] _names;
    private readonly string[] _values;

    private CsvRow(string[] names, string[] values)
    {
        _names = names;
        _values = values;
    }

    /// <summary>The value as text.</summary>
    public string this[string name] => _values[Array.IndexOf(_names, name)];

    /// <summary>The lines of a file that is a resource of this assembly.</summary>
    public static IEnumerable<CsvRow> Read(string resource)
    {
        using var stream = typeof(CsvRow).Assembly.GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The assembly holds no '{resource}'.");
        using var reader = new StreamReader(stream);
        string[] names = [];
        while (reader.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                names = line[1..].Trim().Split(',');
            }
            else if (line.Length > 0)
            {
                yield return new CsvRow(names, line.Split(','));
            }
        }
    }

    /// <summary>The value as a whole number.</summary>
    public int Int(string name) => int.Parse(this[name], CultureInfo.InvariantCulture);

    /// <summary>The value as a fraction.</summary>
    public double Double(string name) => double.Parse(this[name], CultureInfo.InvariantCulture);

    /// <summary>The value as <c>true</c> or <c>false</c>.</summary>
    public bool Bool(string name) => bool.Parse(this[name]);

    /// <summary>The value's words.</summary>
    public string[] Words(string name) => this[name].Split(' ');
}
