using System.Xml.Linq;

namespace Nines.Control.Tests.Services.Sts;

internal static class XmlValues
{
    /// <summary>The text of the one element of that name, whatever its namespace.</summary>
    public static string Value(this XElement root, string name) =>
        root.DescendantsAndSelf().Single(element => element.Name.LocalName == name).Value;
}
